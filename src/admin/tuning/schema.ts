import Type, { type Static } from 'typebox';
import { DeploymentName, versionProperties } from '../deployments/schema.ts';
import { listQueryWith, pageOf, sageMakerListQuery } from '../paging.ts';
import { defaulted, ref, sageMakerName } from '../resource-schema.ts';
import { tagsOption, trainingOptions } from '../training/options-schema.ts';
import { Hyperparameter, NewTrainingJob } from '../training/schema.ts';

export const TuningJobName = sageMakerName({
  // SageMaker adds a number and eight letters to it in the names of the training jobs.
  maxLength: 32,
  description: 'Name of the tuning job, unique for ever in the account and region.',
  examples: ['example-tuning'],
});

const Status = Type.Enum(['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped', 'Deleting', 'DeleteFailed'], {
  description: 'Status in SageMaker.',
});
/** What can be asked for. */
const JobStatus = Type.Enum(['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped']);
const Time = Type.String({ format: 'date-time' });
const Strategy = Type.Enum(['Bayesian', 'Random', 'Grid', 'Hyperband']);
const Objective = Type.Object(
  {
    metric: Type.String({ minLength: 1, maxLength: 255, description: 'As the algorithm names it: `validation:auc`.' }),
    goal: Type.Enum(['minimize', 'maximize']),
  },
  { additionalProperties: false },
);

const Range = Type.Union([
  Type.Object(
    {
      type: Type.Enum(['integer', 'continuous']),
      min: Type.Number(),
      max: Type.Number(),
      scaling: Type.Optional(
        Type.Enum(['Auto', 'Linear', 'Logarithmic', 'ReverseLogarithmic'], { description: 'Without it: Auto.' }),
      ),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    { type: Type.Literal('categorical'), values: Type.Array(Hyperparameter, { minItems: 1, maxItems: 100 }) },
    { additionalProperties: false },
  ),
]);

const { algorithm, hyperparameters, inputs, label, dropColumns } = NewTrainingJob.properties;

export const NewTuningJob = Type.Object(
  {
    name: TuningJobName,
    ...{ algorithm, hyperparameters, inputs, label, dropColumns },
    ranges: Type.Record(Type.String({ minLength: 1, maxLength: 256 }), Range, {
      minProperties: 1,
      maxProperties: 30,
      description: 'Hyperparameters to search, with the values to try.',
    }),
    objective: Objective,
    strategy: defaulted({ ...Strategy, default: 'Bayesian' as const }),
    maxJobs: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 750,
        description: 'Training jobs in all; a grid makes one for each combination.',
      }),
    ),
    maxParallel: defaulted(Type.Integer({ minimum: 1, maximum: 100, default: 1 })),
    earlyStopping: defaulted(
      Type.Boolean({ default: false, description: 'Stops training jobs that will not be the best.' }),
    ),
    targetValue: Type.Optional(Type.Number({ description: 'Ends when a training job reaches it.' })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
    ...trainingOptions,
    tags: tagsOption,
  },
  {
    $id: 'NewTuningJob',
    additionalProperties: false,
    examples: [
      {
        name: 'example-tuning',
        algorithm: 'xgboost',
        hyperparameters: { objective: 'binary:logistic', num_round: 10 },
        inputs: { train: 'example-data', validation: 'example-data' },
        label: 'bought',
        ranges: { eta: { type: 'continuous', min: 0.05, max: 0.5 }, max_depth: { type: 'integer', min: 2, max: 6 } },
        objective: { metric: 'validation:error', goal: 'minimize' },
        maxJobs: 3,
        maxParallel: 2,
      },
    ],
  },
);
export type NewTuningJob = Static<typeof NewTuningJob>;

export const Trial = Type.Object(
  {
    name: Type.String({ description: 'The training job.' }),
    status: Type.String(),
    hyperparameters: Type.Record(Type.String(), Type.String(), { description: 'The values that it tried.' }),
    objective: Type.Optional(Type.Number()),
    failureReason: Type.Optional(Type.String()),
    createdAt: Type.Optional(Time),
    startedAt: Type.Optional(Time),
    endedAt: Type.Optional(Time),
  },
  { $id: 'Trial' },
);
export type Trial = Static<typeof Trial>;
export const TrialPage = pageOf(ref(Trial), 'TrialPage');

export const TuningJob = Type.Object(
  {
    name: Type.String(),
    arn: Type.String(),
    status: Status,
    failureReason: Type.Optional(Type.String()),
    strategy: Strategy,
    objective: Type.Optional(Objective),
    jobs: Type.Object(
      {
        completed: Type.Integer(),
        running: Type.Integer(),
        stopped: Type.Integer(),
        failed: Type.Integer(),
        most: Type.Optional(Type.Integer()),
      },
      { description: 'Training jobs so far, and how many there may be.' },
    ),
    best: Type.Optional(ref(Trial, 'The best training job so far.')),
    image: Type.Optional(Type.String()),
    instanceType: Type.Optional(Type.String()),
    instanceCount: Type.Optional(Type.Integer()),
    trainingSeconds: Type.Optional(Type.Integer({ description: 'Of all training jobs together.' })),
    cost: Type.Optional(
      Type.Object({ estimated: Type.Number() }, { description: 'By the configured `prices` of its instances.' }),
    ),
    createdAt: Type.Optional(Time),
    endedAt: Type.Optional(Time),
  },
  { $id: 'TuningJob', description: 'A search for the best hyperparameters.' },
);
export type TuningJob = Static<typeof TuningJob>;

export const TuningJobSummary = Type.Object(
  { name: Type.String(), status: Status, createdAt: Type.Optional(Time), endedAt: Type.Optional(Time) },
  { $id: 'TuningJobSummary' },
);
export const TuningJobPage = pageOf(ref(TuningJobSummary), 'TuningJobPage');

export const TrialQuery = listQueryWith(JobStatus);
export type TrialQuery = Static<typeof TrialQuery>;
export const TuningJobQuery = sageMakerListQuery(JobStatus);
export type TuningJobQuery = Static<typeof TuningJobQuery>;

export const Promotion = Type.Object(
  { name: DeploymentName, ...versionProperties },
  {
    $id: 'Promotion',
    additionalProperties: false,
    examples: [{ name: 'example-best', threshold: 0.5, labels: ['no', 'yes'] }],
  },
);
export type Promotion = Static<typeof Promotion>;
