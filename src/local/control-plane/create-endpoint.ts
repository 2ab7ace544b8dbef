import Type from 'typebox';
import { sagemakerArn } from '../arn.ts';
import { DeploymentConfig } from '../hosting/endpoint.ts';
import { operation } from '../wire/operation.ts';
import { ResourceName, Tags } from '../wire/shapes.ts';
import { checkUnused, findEndpointConfig } from './find.ts';

const Input = Type.Object({
  EndpointName: ResourceName,
  EndpointConfigName: ResourceName,
  DeploymentConfig: Type.Optional(DeploymentConfig),
  Tags: Type.Optional(Tags),
});

export const createEndpoint = operation(Input, async (input, account) => {
  const { EndpointName } = input;
  checkUnused(account, account.endpoints.get(EndpointName.toLowerCase()), 'endpoint', 'endpoint', EndpointName);
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
});
