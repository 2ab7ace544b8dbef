import { operation } from '../wire/operation.ts';
import { listInput } from '../wire/shapes.ts';
import { listPage } from './list-page.ts';

export const listModels = operation(listInput(['Name', 'CreationTime'], {}), (input, account) => {
  const { page, ...next } = listPage(
    account.models.values(),
    (model) => ({ name: model.ModelName, created: model.CreationTime, modified: model.CreationTime }),
    input,
  );
  return {
    Models: page.map(({ ModelName, ModelArn, CreationTime }) => ({ ModelName, ModelArn, CreationTime })),
    ...next,
  };
});
