import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findLifecycleConfig } from './find.ts';
import { withoutTags } from './without-tags.ts';

export const describeNotebookInstanceLifecycleConfig = (
  input: Inputs['DescribeNotebookInstanceLifecycleConfig'],
  account: Account,
) => withoutTags(findLifecycleConfig(account, input.NotebookInstanceLifecycleConfigName));
