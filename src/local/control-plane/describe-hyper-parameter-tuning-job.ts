import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { bestTrial, counters, summarizeTrial, type TuningJob } from '../tuning/tuning-job.ts';
import { findTuningJob } from './find.ts';

export const describeHyperParameterTuningJob = (input: Inputs['DescribeHyperParameterTuningJob'], account: Account) =>
  describeTuningJob(findTuningJob(account, input.HyperParameterTuningJobName), account);

/** All but the tags. */
export function describeTuningJob(job: TuningJob, account: Account): object {
  const { Tags: _, trials, ...rest } = job;
  const training = (name: string) => account.trainingJobs.get(name.toLowerCase());
  const best = bestTrial(job);
  const BestTrainingJob = best && summarizeTrial(job, best, training);
  const seconds = trials.map(({ TrainingJobName }) => training(TrainingJobName)?.TrainingTimeInSeconds ?? 0);
  return {
    ...rest,
    ...counters(job, training),
    ...(BestTrainingJob && { BestTrainingJob }),
    ...(job.WarmStartConfig && { OverallBestTrainingJob: overallBest(job, account) }),
    ConsumedResources: { RuntimeInSeconds: seconds.reduce((sum, each) => sum + each, 0) },
  };
}

/** Of the job and of those that it started from. */
function overallBest(job: TuningJob, account: Account) {
  const parents = (job.WarmStartConfig?.ParentHyperParameterTuningJobs ?? []).flatMap(
    ({ HyperParameterTuningJobName = '' }) => account.tuningJobs.get(HyperParameterTuningJobName.toLowerCase()) ?? [],
  );
  const best = bestTrial({ ...job, trials: [...job.trials, ...parents.flatMap(({ trials }) => trials)] });
  const owner = best && [job, ...parents].find(({ trials }) => trials.includes(best));
  const summary = best && summarizeTrial(job, best, (name) => account.trainingJobs.get(name.toLowerCase()));
  return summary && owner && { ...summary, TuningJobName: owner.HyperParameterTuningJobName };
}
