import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findNotebookInstance } from './find.ts';

export const describeNotebookInstance = (input: Inputs['DescribeNotebookInstance'], account: Account) => {
  const {
    Tags: _,
    initialized: __,
    LifecycleConfigName,
    SecurityGroupIds,
    ...rest
  } = findNotebookInstance(account, input.NotebookInstanceName);
  return {
    ...rest,
    ...notebookUrl(account, rest.NotebookInstanceName),
    ...(SecurityGroupIds && { SecurityGroups: SecurityGroupIds }),
    ...(LifecycleConfigName !== undefined && { NotebookInstanceLifecycleConfigName: LifecycleConfigName }),
  };
};

/** Without the scheme, as SageMaker gives it. */
export function notebookUrl(account: Account, name: string): { Url?: string } {
  const server = account.notebooks.find(name);
  return server ? { Url: new URL(server.url).host } : {};
}
