import Type from 'typebox';
import { operation } from '../wire/operation.ts';
import { ResourceName } from '../wire/shapes.ts';
import { findEndpointConfig } from './find.ts';
import { withoutTags } from './without-tags.ts';

export const describeEndpointConfig = operation(
  Type.Object({ EndpointConfigName: ResourceName }),
  (input, account) => ({
    EnableNetworkIsolation: false,
    ...withoutTags(findEndpointConfig(account, input.EndpointConfigName)),
  }),
);
