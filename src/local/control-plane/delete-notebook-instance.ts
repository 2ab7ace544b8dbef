import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findNotebookInstance } from './find.ts';
import { checkTransition } from './notebook-transition.ts';

export const deleteNotebookInstance = async (input: Inputs['DeleteNotebookInstance'], account: Account) => {
  const instance = findNotebookInstance(account, input.NotebookInstanceName);
  checkTransition(instance, ['Stopped', 'Failed'], 'Deleting');
  await account.notebooks.delete(instance.NotebookInstanceName);
};
