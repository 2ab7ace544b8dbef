import type { NotebookInstance, NotebookStatus } from '../notebooks/notebook-instance.ts';
import { validationException } from '../wire/aws-error.ts';

/** Refuses what a notebook instance's state does not allow. */
export function checkTransition(
  { NotebookInstanceStatus: status, NotebookInstanceArn }: NotebookInstance,
  allowed: readonly NotebookStatus[],
  to: NotebookStatus,
): void {
  if (allowed.includes(status)) return;
  throw validationException(
    `Status (${status}) not in ([${allowed.join(', ')}]). Unable to transition to (${to}) for Notebook Instance (${NotebookInstanceArn})`,
  );
}
