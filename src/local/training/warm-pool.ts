import { isDeepStrictEqual } from 'node:util';
import type { CreateTrainingJobRequest } from '../api/sagemaker.ts';
import { epochSeconds } from '../clock.ts';
import { isRunning, type TrainingJob } from './training-job.ts';

interface WarmPoolStatus {
  Status: 'Available' | 'Terminated' | 'Reused' | 'InUse';
  ResourceRetainedBillableTimeInSeconds?: number;
  ReusedByJob?: string;
}

/** What has become of the instances that a job keeps when it has ended; undefined of a job without KeepAlivePeriodInSeconds. Nothing is really kept. */
export function warmPoolStatus(job: TrainingJob): WarmPoolStatus | undefined {
  const { reusedBy: next, TrainingEndTime: end } = job;
  const period = job.ResourceConfig?.KeepAlivePeriodInSeconds;
  if (period === undefined || period === 0) return undefined;
  if (isRunning(job)) return { Status: 'InUse' };
  // Failed before it had any instances.
  if (end === undefined || job.TrainingStartTime === undefined) return { Status: 'Terminated' };
  if (next) return { Status: 'Reused', ReusedByJob: next.job, ...retained(next.at - end) };
  const since = epochSeconds() - end;
  return since < period ? { Status: 'Available', ...retained(since) } : { Status: 'Terminated', ...retained(period) };
}

const retained = (seconds: number) => ({ ResourceRetainedBillableTimeInSeconds: Math.max(0, Math.ceil(seconds)) });

/** The job whose kept instances another one takes over: of those that fit, the first that ended. */
export function warmPoolFor(request: CreateTrainingJobRequest, jobs: Iterable<TrainingJob>): TrainingJob | undefined {
  const fits = [...jobs].filter(
    (job) => warmPoolStatus(job)?.Status === 'Available' && isDeepStrictEqual(needs(job), needs(request)),
  );
  return fits.toSorted((a, b) => (a.TrainingEndTime ?? 0) - (b.TrainingEndTime ?? 0))[0];
}

/** What has to be the same, as SageMaker documents it. */
const needs = ({
  RoleArn,
  ResourceConfig = {},
  VpcConfig,
  EnableNetworkIsolation = false,
}: CreateTrainingJobRequest) => {
  const { InstanceType, InstanceCount, VolumeSizeInGB, VolumeKmsKeyId, InstanceGroups } = ResourceConfig;
  return {
    RoleArn,
    InstanceType,
    InstanceCount,
    VolumeSizeInGB,
    VolumeKmsKeyId,
    InstanceGroups,
    VpcConfig,
    EnableNetworkIsolation,
  };
};
