import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { validationException } from '../wire/aws-error.ts';
import { findEndpoint, findEndpointConfig } from './find.ts';

export const updateEndpoint = async (input: Inputs['UpdateEndpoint'], account: Account) => {
  const endpoint = findEndpoint(account, input.EndpointName);
  const { EndpointArn, EndpointStatus } = endpoint;
  if (EndpointStatus !== 'InService') {
    const state = EndpointStatus === 'Failed' ? 'failed' : 'in-progress';
    throw validationException(`Cannot update ${state} endpoint "${EndpointArn}".`);
  }
  const config = findEndpointConfig(account, input.EndpointConfigName);
  const deploymentConfig = input.RetainDeploymentConfig ? endpoint.LastDeploymentConfig : input.DeploymentConfig;
  await account.fleet.update(endpoint, config, deploymentConfig);
  return { EndpointArn };
};
