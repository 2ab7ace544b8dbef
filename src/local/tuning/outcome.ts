import type { TrainingJob } from '../training/training-job.ts';
import { bestTrial, definitionsOf, objectiveOf, type Trial, type TuningJob, toLoss } from './tuning-job.ts';

/** A trial with what its training job has come to. */
export function judged(job: TuningJob, trial: Trial, training: TrainingJob | undefined): Trial {
  const objective = objectiveOf(job, trial);
  const metric = training?.FinalMetricDataList?.find(({ MetricName }) => MetricName === objective?.MetricName);
  if (!metric || training?.TrainingJobStatus === 'Failed') return { ...trial, ObjectiveStatus: 'Failed' };
  return { ...trial, ObjectiveStatus: 'Succeeded', objective: metric.Value };
}

/** Whether the completion criteria are met. */
export function isContent(job: TuningJob): boolean {
  const { TargetObjectiveMetricValue, BestObjectiveNotImproving } =
    job.HyperParameterTuningJobConfig.TuningJobCompletionCriteria ?? {};
  const best = bestTrial(job);
  const [definition] = definitionsOf(job);
  if (best?.objective === undefined || !definition) return false;
  if (TargetObjectiveMetricValue !== undefined) {
    const { objective } = definition;
    if (toLoss(objective, best.objective) <= toLoss(objective, TargetObjectiveMetricValue)) return true;
  }
  const patience = BestObjectiveNotImproving?.MaxNumberOfTrainingJobsNotImproving;
  return patience !== undefined && notImproving(job) >= patience;
}

/** Trials that have ended since the best one started. */
function notImproving(job: TuningJob): number {
  const best = bestTrial(job);
  const ended = job.trials.filter(({ ObjectiveStatus }) => ObjectiveStatus !== 'Pending');
  return best ? ended.length - 1 - ended.indexOf(best) : 0;
}
