import Type from 'typebox';
import { validationException } from '../wire/aws-error.ts';
import { operation } from '../wire/operation.ts';
import { ResourceName } from '../wire/shapes.ts';
import { findEndpoint } from './find.ts';

export const deleteEndpoint = operation(Type.Object({ EndpointName: ResourceName }), async (input, account) => {
  const endpoint = findEndpoint(account, input.EndpointName);
  if (endpoint.EndpointStatus !== 'InService' && endpoint.EndpointStatus !== 'Failed') {
    throw validationException(`Cannot update in-progress endpoint "${endpoint.EndpointArn}".`);
  }
  await account.fleet.delete(endpoint);
});
