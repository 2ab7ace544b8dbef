import Type from 'typebox';
import { operation } from '../wire/operation.ts';
import { ResourceName } from '../wire/shapes.ts';
import { findEndpointConfig } from './find.ts';

export const deleteEndpointConfig = operation(
  Type.Object({ EndpointConfigName: ResourceName }),
  async (input, account) => {
    findEndpointConfig(account, input.EndpointConfigName);
    await account.endpointConfigs.delete(input.EndpointConfigName.toLowerCase());
  },
);
