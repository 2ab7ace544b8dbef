import Type from 'typebox';
import { DeploymentConfig } from '../hosting/endpoint.ts';
import { validationException } from '../wire/aws-error.ts';
import { operation } from '../wire/operation.ts';
import { Opaque, ResourceName } from '../wire/shapes.ts';
import { findEndpoint, findEndpointConfig } from './find.ts';

const Input = Type.Object({
  EndpointName: ResourceName,
  EndpointConfigName: ResourceName,
  RetainAllVariantProperties: Type.Optional(Type.Boolean()),
  ExcludeRetainedVariantProperties: Type.Optional(Opaque),
  DeploymentConfig: Type.Optional(DeploymentConfig),
  RetainDeploymentConfig: Type.Optional(Type.Boolean()),
});

export const updateEndpoint = operation(Input, async (input, account) => {
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
});
