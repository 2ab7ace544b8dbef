import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findEndpointConfig } from './find.ts';
import { withoutTags } from './without-tags.ts';

export const describeEndpointConfig = (input: Inputs['DescribeEndpointConfig'], account: Account) => ({
  EnableNetworkIsolation: false,
  ...withoutTags(findEndpointConfig(account, input.EndpointConfigName)),
});
