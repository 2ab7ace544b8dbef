import type { CreateProcessingJobRequest } from '../api/sagemaker.ts';

/** A processing job as Describe gives it back, tags apart. Times in epoch seconds. */
export type ProcessingJob = CreateProcessingJobRequest & {
  ProcessingJobArn: string;
  ProcessingJobStatus: 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';
  CreationTime: number;
  LastModifiedTime: number;
  ProcessingStartTime?: number;
  ProcessingEndTime?: number;
  /** First 1,024 characters of what the container wrote to /opt/ml/output/message. */
  ExitMessage?: string;
  FailureReason?: string;
};

export const isRunning = ({ ProcessingJobStatus: status }: ProcessingJob) =>
  status === 'InProgress' || status === 'Stopping';

/** Where a container finds its inputs and leaves its outputs. */
export const processingFolder = '/opt/ml/processing';
