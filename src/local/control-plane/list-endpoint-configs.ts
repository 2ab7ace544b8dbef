import { operation } from '../wire/operation.ts';
import { listInput } from '../wire/shapes.ts';
import { listPage } from './list-page.ts';

export const listEndpointConfigs = operation(listInput(['Name', 'CreationTime'], {}), (input, account) => {
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
});
