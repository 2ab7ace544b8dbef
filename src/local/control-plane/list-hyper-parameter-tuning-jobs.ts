import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { counters } from '../tuning/tuning-job.ts';
import { listPage } from './list-page.ts';

export const listHyperParameterTuningJobs = (input: Inputs['ListHyperParameterTuningJobs'], account: Account) => {
  const { page, ...next } = listPage(
    account.tuningJobs.values(),
    (job) => ({
      name: job.HyperParameterTuningJobName,
      status: job.HyperParameterTuningJobStatus,
      created: job.CreationTime,
      modified: job.LastModifiedTime,
    }),
    input,
    { by: 'Name', order: 'Ascending' },
  );
  const HyperParameterTuningJobSummaries = page.map((job) => ({
    HyperParameterTuningJobName: job.HyperParameterTuningJobName,
    HyperParameterTuningJobArn: job.HyperParameterTuningJobArn,
    HyperParameterTuningJobStatus: job.HyperParameterTuningJobStatus,
    Strategy: job.HyperParameterTuningJobConfig.Strategy,
    CreationTime: job.CreationTime,
    HyperParameterTuningEndTime: job.HyperParameterTuningEndTime,
    LastModifiedTime: job.LastModifiedTime,
    ...counters(job, (name) => account.trainingJobs.get(name.toLowerCase())),
    ResourceLimits: job.HyperParameterTuningJobConfig.ResourceLimits,
  }));
  return { HyperParameterTuningJobSummaries, ...next };
};
