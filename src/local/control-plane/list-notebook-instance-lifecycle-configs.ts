import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { listPage } from './list-page.ts';

export const listNotebookInstanceLifecycleConfigs = (
  input: Inputs['ListNotebookInstanceLifecycleConfigs'],
  account: Account,
) => {
  const { page, ...next } = listPage(
    account.lifecycleConfigs.values(),
    (each) => ({
      name: each.NotebookInstanceLifecycleConfigName,
      created: each.CreationTime,
      modified: each.LastModifiedTime,
      other: { LastModifiedTime: each.LastModifiedTime },
    }),
    input,
  );
  const NotebookInstanceLifecycleConfigs = page.map((each) => ({
    NotebookInstanceLifecycleConfigName: each.NotebookInstanceLifecycleConfigName,
    NotebookInstanceLifecycleConfigArn: each.NotebookInstanceLifecycleConfigArn,
    CreationTime: each.CreationTime,
    LastModifiedTime: each.LastModifiedTime,
  }));
  return { NotebookInstanceLifecycleConfigs, ...next };
};
