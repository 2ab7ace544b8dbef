import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { listPage } from './list-page.ts';

export const listModels = (input: Inputs['ListModels'], account: Account) => {
  const { page, ...next } = listPage(
    account.models.values(),
    (model) => ({ name: model.ModelName, created: model.CreationTime, modified: model.CreationTime }),
    input,
  );
  return {
    Models: page.map(({ ModelName, ModelArn, CreationTime }) => ({ ModelName, ModelArn, CreationTime })),
    ...next,
  };
};
