import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findModel } from './find.ts';

export const deleteModel = async (input: Inputs['DeleteModel'], account: Account) => {
  findModel(account, input.ModelName);
  await account.models.delete(input.ModelName.toLowerCase());
};
