import Type, { type Static } from 'typebox';
import { pageOf, sageMakerListQuery } from '../paging.ts';
import { dataReference, defaulted, ref, sageMakerName } from '../resource-schema.ts';
import { DeliveryStatus, DeployOrder } from './delivery-schema.ts';
import { tagsOption, trainingOptions } from './options-schema.ts';

export const TrainingJobName = sageMakerName({
  description: 'Name of the training job, unique for ever in the account and region.',
  examples: ['example-job'],
});

const Status = Type.Enum(['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped', 'Deleting'], {
  description: 'Status in SageMaker.',
});
const Time = Type.String({ format: 'date-time' });
export const Hyperparameter = Type.Unsafe<string | number | boolean>({ type: ['string', 'number', 'boolean'] });

export const NewTrainingJob = Type.Object(
  {
    name: TrainingJobName,
    algorithm: Type.Union(
      [
        Type.Literal('xgboost'),
        Type.Object({ image: Type.String({ minLength: 1, maxLength: 255 }) }, { additionalProperties: false }),
      ],
      { description: 'SageMaker’s built-in XGBoost, or a training image of your own in ECR.' },
    ),
    hyperparameters: defaulted(
      Type.Record(Type.String({ minLength: 1, maxLength: 256 }), Hyperparameter, {
        default: {},
        description: 'As the algorithm knows them. XGBoost needs `num_round`.',
      }),
    ),
    inputs: Type.Object(
      {
        train: dataReference('Rows to train with'),
        validation: Type.Optional(dataReference('Rows to measure with while training')),
      },
      { additionalProperties: false },
    ),
    label: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          'Column to learn. The data set is rearranged into the form that SageMaker takes (label first, no header), and the names of the other columns are kept with the model. Without it the rows are used as they are.',
      }),
    ),
    dropColumns: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), { description: 'Columns to leave out; needs a label.' }),
    ),
    ...trainingOptions,
    tags: tagsOption,
    deploy: Type.Optional(DeployOrder),
  },
  {
    $id: 'NewTrainingJob',
    additionalProperties: false,
    examples: [
      {
        name: 'example-job',
        algorithm: 'xgboost',
        hyperparameters: { objective: 'binary:logistic', num_round: 20, max_depth: 3, eta: 0.3 },
        inputs: { train: 'example-data' },
        label: 'bought',
      },
    ],
  },
);
export type NewTrainingJob = Static<typeof NewTrainingJob>;

export const TrainingJob = Type.Object(
  {
    name: Type.String(),
    arn: Type.String(),
    status: Status,
    secondaryStatus: Type.String({
      description: 'What SageMaker is at: Starting, Downloading, Training, Uploading, …',
    }),
    progress: Type.Optional(
      Type.Object(
        { round: Type.Integer(), rounds: Type.Integer() },
        { description: 'Boosting rounds finished, of all; for algorithms with `num_round`.' },
      ),
    ),
    metrics: Type.Record(Type.String(), Type.Number(), { description: 'The newest values, such as `train:error`.' }),
    transitions: Type.Array(
      Type.Object({
        status: Type.String(),
        startedAt: Type.Optional(Time),
        endedAt: Type.Optional(Time),
        message: Type.Optional(Type.String()),
      }),
    ),
    image: Type.Optional(Type.String()),
    hyperparameters: Type.Record(Type.String(), Type.String()),
    inputs: Type.Record(Type.String(), Type.String(), { description: 'Channel → s3:// URI that SageMaker reads.' }),
    instanceType: Type.Optional(Type.String()),
    instanceCount: Type.Optional(Type.Integer()),
    volumeSizeGB: Type.Optional(Type.Integer()),
    maxRuntimeSeconds: Type.Optional(Type.Integer()),
    modelArtifacts: Type.Optional(
      Type.String({ description: 's3:// URI of model.tar.gz, when the job is completed.' }),
    ),
    failureReason: Type.Optional(Type.String()),
    createdAt: Type.Optional(Time),
    startedAt: Type.Optional(Time),
    endedAt: Type.Optional(Time),
    billableSeconds: Type.Optional(Type.Integer()),
    spot: Type.Optional(Type.Boolean()),
    tuningJob: Type.Optional(Type.String({ description: 'Tuning job that it belongs to, in lower case.' })),
    cost: Type.Optional(
      Type.Object(
        {
          estimated: Type.Number(),
          atMost: Type.Optional(Type.Number({ description: 'When it runs to maxRuntimeSeconds.' })),
        },
        { description: 'By the configured `prices` of its instances, storage not counted; spot is cheaper.' },
      ),
    ),
    deployment: Type.Optional(ref(DeliveryStatus)),
  },
  { $id: 'TrainingJob' },
);
export type TrainingJob = Static<typeof TrainingJob>;

export const TrainingJobSummary = Type.Object(
  {
    name: Type.String(),
    status: Status,
    secondaryStatus: Type.Optional(Type.String()),
    createdAt: Type.Optional(Time),
    endedAt: Type.Optional(Time),
  },
  { $id: 'TrainingJobSummary' },
);

export const TrainingJobPage = pageOf(ref(TrainingJobSummary), 'TrainingJobPage');

export const TrainingJobQuery = sageMakerListQuery(Status);
export type TrainingJobQuery = Static<typeof TrainingJobQuery>;
