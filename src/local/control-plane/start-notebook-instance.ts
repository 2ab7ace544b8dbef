import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findNotebookInstance } from './find.ts';
import { checkTransition } from './notebook-transition.ts';

export const startNotebookInstance = async (input: Inputs['StartNotebookInstance'], account: Account) => {
  const instance = findNotebookInstance(account, input.NotebookInstanceName);
  checkTransition(instance, ['Stopped', 'Failed'], 'Pending');
  await account.notebooks.start(instance.NotebookInstanceName);
};
