import type {
  CreateHyperParameterTuningJobRequest,
  HyperParameterTrainingJobDefinition,
  HyperParameterTuningJobObjective,
  ParameterRanges,
} from '../api/sagemaker.ts';
import type { TrainingJob } from '../training/training-job.ts';
import type { Values } from './search-space.ts';

/** One training job of a tuning job. */
export interface Trial {
  TrainingJobName: string;
  TrainingJobDefinitionName?: string;
  TunedHyperParameters: Values;
  ObjectiveStatus: 'Pending' | 'Succeeded' | 'Failed';
  /** Value of the objective metric when the training ended. */
  objective?: number;
}

/** A tuning job as it is stored: what Describe says is made of this and of its training jobs. Times in epoch seconds. */
export type TuningJob = CreateHyperParameterTuningJobRequest & {
  HyperParameterTuningJobArn: string;
  HyperParameterTuningJobStatus: 'InProgress' | 'Completed' | 'Failed' | 'Stopping' | 'Stopped';
  CreationTime: number;
  LastModifiedTime: number;
  HyperParameterTuningEndTime?: number;
  FailureReason?: string;
  trials: readonly Trial[];
};

export const isRunning = ({ HyperParameterTuningJobStatus: status }: TuningJob) =>
  status === 'InProgress' || status === 'Stopping';

/** A definition of training jobs with what belongs to it alone, wherever the request says it. */
export interface Definition {
  training: HyperParameterTrainingJobDefinition;
  objective: HyperParameterTuningJobObjective;
  ranges: ParameterRanges;
}

/** Undefined where the request lacks objective or ranges. */
export function definitionsOf(request: CreateHyperParameterTuningJobRequest): (Definition | undefined)[] {
  const { HyperParameterTuningJobObjective, ParameterRanges } = request.HyperParameterTuningJobConfig;
  const { TrainingJobDefinition: single, TrainingJobDefinitions: several = [] } = request;
  return [...(single ? [single] : []), ...several].map((training) => {
    const objective = training.TuningObjective ?? HyperParameterTuningJobObjective;
    const ranges = training.HyperParameterRanges ?? ParameterRanges;
    return objective && ranges && { training, objective, ranges };
  });
}

/** The objective as a loss, the less the better. */
export const toLoss = ({ Type }: HyperParameterTuningJobObjective, value: number) =>
  Type === 'Minimize' ? value : -value;

export const objectiveOf = (job: TuningJob, { TrainingJobDefinitionName: name }: Trial) =>
  definitionsOf(job).find((each) => each?.training.DefinitionName === name)?.objective;

/** The trial with the best objective; definitions with other objectives are not compared. */
export function bestTrial(job: TuningJob): Trial | undefined {
  const loss = (trial: Trial) => {
    const objective = objectiveOf(job, trial);
    return objective && trial.objective !== undefined ? toLoss(objective, trial.objective) : Number.POSITIVE_INFINITY;
  };
  const known = job.trials.filter(({ objective }) => objective !== undefined);
  return known.toSorted((a, b) => loss(a) - loss(b))[0];
}

type TrainingJobs = (name: string) => TrainingJob | undefined;

/** HyperParameterTrainingJobSummary; undefined when the training job has been deleted. */
export function summarizeTrial(job: TuningJob, trial: Trial, trainingJobs: TrainingJobs) {
  const training = trainingJobs(trial.TrainingJobName);
  const objective = objectiveOf(job, trial);
  if (!training || !objective) return undefined;
  const { TrainingJobDefinitionName, TunedHyperParameters, ObjectiveStatus } = trial;
  return {
    ...(TrainingJobDefinitionName !== undefined && { TrainingJobDefinitionName }),
    TrainingJobName: training.TrainingJobName,
    TrainingJobArn: training.TrainingJobArn,
    CreationTime: training.CreationTime,
    TrainingStartTime: training.TrainingStartTime,
    TrainingEndTime: training.TrainingEndTime,
    TrainingJobStatus: training.TrainingJobStatus,
    TunedHyperParameters,
    FailureReason: training.FailureReason,
    ...(trial.objective !== undefined && {
      FinalHyperParameterTuningJobObjectiveMetric: { ...objective, Value: trial.objective },
    }),
    ObjectiveStatus,
  };
}

/** What Describe and List count. */
export function counters(job: TuningJob, trainingJobs: TrainingJobs) {
  const statuses = job.trials.map(({ TrainingJobName }) => trainingJobs(TrainingJobName)?.TrainingJobStatus);
  const count = <T>(values: T[], ...wanted: T[]) => values.filter((value) => wanted.includes(value)).length;
  const objectives = job.trials.map(({ ObjectiveStatus }) => ObjectiveStatus);
  return {
    TrainingJobStatusCounters: {
      Completed: count(statuses, 'Completed'),
      InProgress: count(statuses, 'InProgress', 'Stopping'),
      RetryableError: 0,
      NonRetryableError: count(statuses, 'Failed'),
      Stopped: count(statuses, 'Stopped'),
    },
    ObjectiveStatusCounters: {
      Succeeded: count(objectives, 'Succeeded'),
      Pending: count(objectives, 'Pending'),
      Failed: count(objectives, 'Failed'),
    },
  };
}
