import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { sagemakerArn } from '../arn.ts';
import { epochSeconds } from '../clock.ts';
import { validationException } from '../wire/aws-error.ts';

export const createNotebookInstanceLifecycleConfig = async (
  input: Inputs['CreateNotebookInstanceLifecycleConfig'],
  account: Account,
) => {
  const name = input.NotebookInstanceLifecycleConfigName;
  const NotebookInstanceLifecycleConfigArn = sagemakerArn(account, 'notebook-instance-lifecycle-config', name);
  if (account.lifecycleConfigs.get(name.toLowerCase())) {
    throw validationException(
      `Unable to create Notebook Instance Lifecycle Config ${NotebookInstanceLifecycleConfigArn}. (Details: Notebook Instance Lifecycle Config already exists.)`,
    );
  }
  const now = epochSeconds();
  await account.lifecycleConfigs.set(name.toLowerCase(), {
    ...input,
    NotebookInstanceLifecycleConfigArn,
    CreationTime: now,
    LastModifiedTime: now,
  });
  return { NotebookInstanceLifecycleConfigArn };
};
