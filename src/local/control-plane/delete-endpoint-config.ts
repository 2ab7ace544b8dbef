import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findEndpointConfig } from './find.ts';

export const deleteEndpointConfig = async (input: Inputs['DeleteEndpointConfig'], account: Account) => {
  findEndpointConfig(account, input.EndpointConfigName);
  await account.endpointConfigs.delete(input.EndpointConfigName.toLowerCase());
};
