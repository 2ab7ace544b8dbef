import type { CreateTransformJobRequest } from '../api/sagemaker.ts';

/** A transform job as Describe gives it back, tags apart. Times in epoch seconds. */
export type TransformJob = CreateTransformJobRequest & {
  TransformJobArn: string;
  TransformJobStatus: 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';
  CreationTime: number;
  LastModifiedTime: number;
  TransformStartTime?: number;
  TransformEndTime?: number;
  FailureReason?: string;
};

export const isRunning = ({ TransformJobStatus: status }: TransformJob) =>
  status === 'InProgress' || status === 'Stopping';
