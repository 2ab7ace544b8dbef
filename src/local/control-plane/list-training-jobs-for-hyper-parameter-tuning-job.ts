import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { summarizeTrial } from '../tuning/tuning-job.ts';
import { findTuningJob } from './find.ts';
import { listPage } from './list-page.ts';

export const listTrainingJobsForHyperParameterTuningJob = (
  input: Inputs['ListTrainingJobsForHyperParameterTuningJob'],
  account: Account,
) => {
  const job = findTuningJob(account, input.HyperParameterTuningJobName);
  const trials = job.trials.flatMap(
    (trial) => summarizeTrial(job, trial, (name) => account.trainingJobs.get(name.toLowerCase())) ?? [],
  );
  const byObjective = input.SortBy === 'FinalObjectiveMetricValue';
  const objective = (trial: (typeof trials)[number]) => trial.FinalHyperParameterTuningJobObjectiveMetric?.Value;
  const { page, ...next } = listPage(
    // As SageMaker documents it: sorted by the objective, those without one are left out.
    byObjective ? trials.filter((trial) => objective(trial) !== undefined) : trials,
    (trial) => ({
      name: trial.TrainingJobName,
      status: trial.TrainingJobStatus,
      created: trial.CreationTime,
      modified: trial.CreationTime,
      ...(byObjective && { other: { FinalObjectiveMetricValue: objective(trial) ?? 0 } }),
    }),
    input,
    { by: 'Name', order: 'Ascending' },
  );
  return { TrainingJobSummaries: page, ...next };
};
