import type { Account } from '../account.ts';
import type { Deployment, Variant } from '../hosting/deployment.ts';
import { validationError } from './runtime-errors.ts';

/** What answers for an endpoint; one that is not in service yet is not found either. @throws AwsError ValidationError */
export function findDeployment(account: Account, endpoint: string): Deployment {
  const deployment = account.fleet.find(endpoint);
  if (!deployment) throw validationError(`Endpoint ${endpoint} of account ${account.accountId} not found.`);
  return deployment;
}

/** The variant to answer a call in real time. @throws AwsError ValidationError */
export function findVariant(
  account: Account,
  endpoint: string,
  target: string | undefined,
): { deployment: Deployment; variant: Variant } {
  const deployment = findDeployment(account, endpoint);
  if (deployment.asyncConfig) {
    throw validationError(
      `Endpoint ${endpoint} of account ${account.accountId} is an asynchronous endpoint; it takes InvokeEndpointAsync only.`,
    );
  }
  const variant = deployment.pick(target);
  if (!variant) throw validationError(`Variant ${target} of endpoint ${endpoint} not found.`);
  return { deployment, variant };
}
