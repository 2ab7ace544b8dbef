import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import type { NotebookInstance } from '../notebooks/notebook-instance.ts';
import { findLifecycleConfig, findNotebookInstance } from './find.ts';
import { checkTransition } from './notebook-transition.ts';

export const updateNotebookInstance = async (input: Inputs['UpdateNotebookInstance'], account: Account) => {
  const {
    NotebookInstanceName,
    DisassociateLifecycleConfig,
    DisassociateDefaultCodeRepository,
    DisassociateAdditionalCodeRepositories,
    DisassociateAcceleratorTypes,
    ...changes
  } = input;
  const instance = findNotebookInstance(account, NotebookInstanceName);
  checkTransition(instance, ['Stopped', 'Failed'], 'Updating');
  if (input.LifecycleConfigName !== undefined) findLifecycleConfig(account, input.LifecycleConfigName);
  const changed: NotebookInstance = { ...instance, ...changes };
  if (DisassociateLifecycleConfig) delete changed.LifecycleConfigName;
  if (DisassociateDefaultCodeRepository) delete changed.DefaultCodeRepository;
  if (DisassociateAdditionalCodeRepositories) delete changed.AdditionalCodeRepositories;
  if (DisassociateAcceleratorTypes) delete changed.AcceleratorTypes;
  await account.notebooks.update(instance.NotebookInstanceName, changed);
  return {};
};
