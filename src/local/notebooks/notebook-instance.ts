import type { CreateNotebookInstanceInput, CreateNotebookInstanceLifecycleConfigInput } from '../api/sagemaker.ts';

export type NotebookStatus = 'Pending' | 'InService' | 'Stopping' | 'Stopped' | 'Failed' | 'Deleting' | 'Updating';

/** A notebook instance as it is stored; `describeNotebook` makes of it what Describe says. Times in epoch seconds. */
export type NotebookInstance = CreateNotebookInstanceInput & {
  NotebookInstanceArn: string;
  NotebookInstanceStatus: NotebookStatus;
  FailureReason?: string;
  CreationTime: number;
  LastModifiedTime: number;
  /** Whether its OnCreate script has run: it does so once. */
  initialized: boolean;
};

export type LifecycleConfig = CreateNotebookInstanceLifecycleConfigInput & {
  NotebookInstanceLifecycleConfigArn: string;
  CreationTime: number;
  LastModifiedTime: number;
};
