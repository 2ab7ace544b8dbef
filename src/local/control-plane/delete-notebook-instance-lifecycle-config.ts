import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findLifecycleConfig } from './find.ts';

export const deleteNotebookInstanceLifecycleConfig = async (
  input: Inputs['DeleteNotebookInstanceLifecycleConfig'],
  account: Account,
) => {
  findLifecycleConfig(account, input.NotebookInstanceLifecycleConfigName);
  await account.lifecycleConfigs.delete(input.NotebookInstanceLifecycleConfigName.toLowerCase());
};
