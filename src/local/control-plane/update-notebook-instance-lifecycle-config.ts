import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { epochSeconds } from '../clock.ts';
import { findLifecycleConfig } from './find.ts';

export const updateNotebookInstanceLifecycleConfig = async (
  input: Inputs['UpdateNotebookInstanceLifecycleConfig'],
  account: Account,
) => {
  const { NotebookInstanceLifecycleConfigName: name, ...changes } = input;
  const config = findLifecycleConfig(account, name);
  await account.lifecycleConfigs.set(name.toLowerCase(), { ...config, ...changes, LastModifiedTime: epochSeconds() });
  return {};
};
