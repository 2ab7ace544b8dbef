import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { sagemakerArn } from '../arn.ts';
import { epochSeconds } from '../clock.ts';
import { validationException } from '../wire/aws-error.ts';
import { findLifecycleConfig } from './find.ts';

export const createNotebookInstance = async (input: Inputs['CreateNotebookInstance'], account: Account) => {
  const { NotebookInstanceName: name, LifecycleConfigName } = input;
  const NotebookInstanceArn = sagemakerArn(account, 'notebook-instance', name);
  if (account.notebookInstances.get(name.toLowerCase())) {
    throw validationException(`Cannot create a duplicate Notebook Instance (${NotebookInstanceArn})`);
  }
  if (LifecycleConfigName !== undefined) findLifecycleConfig(account, LifecycleConfigName);
  const now = epochSeconds();
  await account.notebookInstances.set(name.toLowerCase(), {
    VolumeSizeInGB: 5,
    DirectInternetAccess: 'Enabled',
    RootAccess: 'Enabled',
    PlatformIdentifier: 'notebook-al2-v3',
    ...input,
    NotebookInstanceArn,
    NotebookInstanceStatus: 'Pending',
    CreationTime: now,
    LastModifiedTime: now,
    initialized: false,
  });
  await account.notebooks.start(name);
  return { NotebookInstanceArn };
};
