import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { findNotebookInstance } from './find.ts';
import { checkTransition } from './notebook-transition.ts';

export const stopNotebookInstance = async (input: Inputs['StopNotebookInstance'], account: Account) => {
  const instance = findNotebookInstance(account, input.NotebookInstanceName);
  checkTransition(instance, ['InService'], 'Stopping');
  await account.notebooks.stop(instance.NotebookInstanceName);
};
