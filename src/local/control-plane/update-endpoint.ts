import type { Account } from '../account.ts';
import type { DeploymentConfig, Inputs } from '../api/sagemaker.ts';
import { checkDeploymentConfig } from '../hosting/deployment-config.ts';
import type { Retained } from '../hosting/deployment-plan.ts';
import type { DeploymentPlan } from '../hosting/endpoint.ts';
import { validationException } from '../wire/aws-error.ts';
import { findEndpoint, findEndpointConfig } from './find.ts';

/** An update whose roll-back failed leaves an endpoint that can be updated again. */
const updatable = ['InService', 'UpdateRollbackFailed'];

export const updateEndpoint = async (input: Inputs['UpdateEndpoint'], account: Account) => {
  const endpoint = findEndpoint(account, input.EndpointName);
  const { EndpointArn, EndpointStatus } = endpoint;
  if (!updatable.includes(EndpointStatus)) {
    const state = EndpointStatus === 'Failed' ? 'failed' : 'in-progress';
    throw validationException(`Cannot update ${state} endpoint "${EndpointArn}".`);
  }
  const config = findEndpointConfig(account, input.EndpointConfigName);
  const policy = input.RetainDeploymentConfig ? endpoint.LastDeploymentConfig : input.DeploymentConfig;
  if (policy) check(policy, account);
  const excluded = input.ExcludeRetainedVariantProperties?.map(({ VariantPropertyType }) => VariantPropertyType) ?? [];
  const retained = input.RetainAllVariantProperties ? retain(endpoint.serving, excluded) : undefined;
  await account.fleet.update(endpoint, config, policy, retained);
  return { EndpointArn };
};

function check(policy: DeploymentConfig, account: Account): void {
  checkDeploymentConfig(policy);
  for (const { AlarmName } of policy.AutoRollbackConfiguration?.Alarms ?? []) {
    if (AlarmName !== undefined && !account.alarms.get(AlarmName)) {
      throw validationException(`Could not find the CloudWatch alarm "${AlarmName}" of AutoRollbackConfiguration.`);
    }
  }
}

const retain = (serving: DeploymentPlan | undefined, excluded: string[]): Retained => ({
  variants: serving?.variants ?? [],
  instanceCounts: !excluded.includes('DesiredInstanceCount'),
  weights: !excluded.includes('DesiredWeight'),
  ...(serving?.captureConfig && !excluded.includes('DataCaptureConfig') && { captureConfig: serving.captureConfig }),
});
