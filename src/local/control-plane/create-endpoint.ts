import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { sagemakerArn } from '../arn.ts';
import { checkDeploymentConfig } from '../hosting/deployment-config.ts';
import { checkUnused, findEndpointConfig } from './find.ts';

export const createEndpoint = async (input: Inputs['CreateEndpoint'], account: Account) => {
  const { EndpointName } = input;
  checkUnused(account, account.endpoints.get(EndpointName.toLowerCase()), 'endpoint', 'endpoint', EndpointName);
  if (input.DeploymentConfig) checkDeploymentConfig(input.DeploymentConfig);
  const config = findEndpointConfig(account, input.EndpointConfigName);
  const EndpointArn = sagemakerArn(account, 'endpoint', EndpointName);
  await account.fleet.create({
    name: EndpointName,
    arn: EndpointArn,
    config,
    ...(input.Tags && { tags: input.Tags }),
    ...(input.DeploymentConfig && { deploymentConfig: input.DeploymentConfig }),
  });
  return { EndpointArn };
};
