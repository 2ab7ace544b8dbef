import type { CreateTrainingJobRequest } from '../api/sagemaker.ts';
import { epochSeconds } from '../clock.ts';

export type TrainingJobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';
export type SecondaryStatus =
  | 'Starting'
  | 'Downloading'
  | 'Training'
  | 'Uploading'
  | 'Stopping'
  | 'Stopped'
  | 'MaxRuntimeExceeded'
  | 'Completed'
  | 'Failed';

export interface Transition {
  Status: SecondaryStatus;
  StartTime: number;
  EndTime?: number;
  StatusMessage: string;
}

export interface MetricData {
  MetricName: string;
  Value: number;
  Timestamp: number;
}

/** A training job as Describe gives it back, tags apart. Times in epoch seconds. */
export type TrainingJob = CreateTrainingJobRequest & {
  TrainingJobArn: string;
  TuningJobArn?: string;
  TrainingJobStatus: TrainingJobStatus;
  SecondaryStatus: SecondaryStatus;
  SecondaryStatusTransitions: Transition[];
  ModelArtifacts: { S3ModelArtifacts: string };
  CreationTime: number;
  LastModifiedTime: number;
  FailureReason?: string;
  TrainingStartTime?: number;
  TrainingEndTime?: number;
  TrainingTimeInSeconds?: number;
  BillableTimeInSeconds?: number;
  FinalMetricDataList?: MetricData[];
  /** The job that took over its kept instances, and when. Not described as such. */
  reusedBy?: { job: string; at: number };
};

export const isRunning = (job: TrainingJob) =>
  job.TrainingJobStatus === 'InProgress' || job.TrainingJobStatus === 'Stopping';

const ends: ReadonlySet<SecondaryStatus> = new Set(['Completed', 'Failed', 'Stopped', 'MaxRuntimeExceeded']);

/** The job one step on. A new message for the same status stays within its transition, as SageMaker does it; a last status ends at once. */
export function advance(job: TrainingJob, status: SecondaryStatus, message: string): TrainingJob {
  const now = epochSeconds();
  const past = job.SecondaryStatusTransitions;
  const current = past.at(-1);
  const transitions =
    current?.Status === status
      ? [...past.slice(0, -1), { ...current, StatusMessage: message }]
      : [
          ...past.slice(0, -1),
          ...(current ? [{ ...current, EndTime: now }] : []),
          { Status: status, StartTime: now, ...(ends.has(status) && { EndTime: now }), StatusMessage: message },
        ];
  return { ...job, SecondaryStatus: status, SecondaryStatusTransitions: transitions, LastModifiedTime: now };
}
