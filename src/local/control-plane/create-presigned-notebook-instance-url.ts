import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { validationException } from '../wire/aws-error.ts';
import { findNotebookInstance } from './find.ts';

/** The address lets in for five minutes. What it opens lasts as long as the server runs: sessions of Jupyter do not expire. */
export const createPresignedNotebookInstanceUrl = (
  input: Inputs['CreatePresignedNotebookInstanceUrl'],
  account: Account,
) => {
  const { NotebookInstanceName, NotebookInstanceArn } = findNotebookInstance(account, input.NotebookInstanceName);
  const server = account.notebooks.find(NotebookInstanceName);
  if (!server) {
    throw validationException(
      `Unable to create a URL for Notebook Instance (${NotebookInstanceArn}), which is not InService`,
    );
  }
  return { AuthorizedUrl: account.notebooks.authorize(NotebookInstanceName) };
};
