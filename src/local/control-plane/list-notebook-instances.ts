import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { notebookUrl } from './describe-notebook-instance.ts';
import { listPage } from './list-page.ts';

export const listNotebookInstances = (input: Inputs['ListNotebookInstances'], account: Account) => {
  const contains = (value = '', part = '') => value.toLowerCase().includes(part.toLowerCase());
  const wanted = [...account.notebookInstances.values()].filter(
    (each) =>
      contains(each.LifecycleConfigName, input.NotebookInstanceLifecycleConfigNameContains) &&
      contains(each.DefaultCodeRepository, input.DefaultCodeRepositoryContains) &&
      (input.AdditionalCodeRepositoryEquals === undefined ||
        each.AdditionalCodeRepositories?.includes(input.AdditionalCodeRepositoryEquals)),
  );
  const { page, ...next } = listPage(
    wanted,
    (each) => ({
      name: each.NotebookInstanceName,
      status: each.NotebookInstanceStatus,
      created: each.CreationTime,
      modified: each.LastModifiedTime,
    }),
    input,
    { by: 'Name', order: 'Ascending' },
  );
  const NotebookInstances = page.map((each) => ({
    NotebookInstanceName: each.NotebookInstanceName,
    NotebookInstanceArn: each.NotebookInstanceArn,
    NotebookInstanceStatus: each.NotebookInstanceStatus,
    ...notebookUrl(account, each.NotebookInstanceName),
    InstanceType: each.InstanceType,
    CreationTime: each.CreationTime,
    LastModifiedTime: each.LastModifiedTime,
    NotebookInstanceLifecycleConfigName: each.LifecycleConfigName,
    DefaultCodeRepository: each.DefaultCodeRepository,
    AdditionalCodeRepositories: each.AdditionalCodeRepositories,
  }));
  return { NotebookInstances, ...next };
};
