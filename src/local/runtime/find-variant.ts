import type { Account } from '../account.ts';
import type { Route, Traffic } from '../hosting/traffic.ts';
import { validationError } from './runtime-errors.ts';

/** What answers for an endpoint; one that is not in service yet is not found either. @throws AwsError ValidationError */
export function findTraffic(account: Account, endpoint: string): Traffic {
  const traffic = account.fleet.find(endpoint);
  if (!traffic) throw validationError(`Endpoint ${endpoint} of account ${account.accountId} not found.`);
  return traffic;
}

/** The variant to answer a call in real time. @throws AwsError ValidationError */
export function findVariant(account: Account, endpoint: string, target: string | undefined): Route {
  const traffic = findTraffic(account, endpoint);
  if (traffic.asyncConfig) {
    throw validationError(
      `Endpoint ${endpoint} of account ${account.accountId} is an asynchronous endpoint; it takes InvokeEndpointAsync only.`,
    );
  }
  const route = traffic.route(target);
  if (!route) throw validationError(`Variant ${target} of endpoint ${endpoint} not found.`);
  return route;
}
