import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { listPage } from './list-page.ts';

export const listEndpointConfigs = (input: Inputs['ListEndpointConfigs'], account: Account) => {
  const { page, ...next } = listPage(
    account.endpointConfigs.values(),
    (config) => ({ name: config.EndpointConfigName, created: config.CreationTime, modified: config.CreationTime }),
    input,
  );
  const EndpointConfigs = page.map(({ EndpointConfigName, EndpointConfigArn, CreationTime }) => ({
    EndpointConfigName,
    EndpointConfigArn,
    CreationTime,
  }));
  return { EndpointConfigs, ...next };
};
