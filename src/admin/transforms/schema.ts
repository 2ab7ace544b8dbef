import Type, { type Static } from 'typebox';
import { pageOf, sageMakerListQuery } from '../paging.ts';
import { dataReference, defaulted, instanceCount, instanceType, ref, sageMakerName } from '../resource-schema.ts';

export const TransformJobName = sageMakerName({
  description: 'Name of the transform job, unique for ever in the account and region.',
  examples: ['example-scores'],
});

const Status = Type.Enum(['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped'], {
  description: 'Status in SageMaker.',
});
const Time = Type.String({ format: 'date-time' });

export const NewTransformJob = Type.Object(
  {
    name: TransformJobName,
    deployment: sageMakerName({
      maxLength: 44,
      description: 'Deployment whose live model scores the rows. Its endpoint is not called.',
    }),
    dataset: dataReference('Rows to score; columns that the model does not take stay out of its way'),
    instanceType: instanceType('ml.m5.xlarge'),
    instanceCount,
    strategy: defaulted(
      Type.Enum(['MultiRecord', 'SingleRecord'], {
        default: 'MultiRecord',
        description: 'As many rows in a request to the model as fit, or one.',
      }),
    ),
    maxPayloadMB: defaulted(Type.Integer({ minimum: 1, maximum: 100, default: 6 })),
    maxConcurrent: defaulted(
      Type.Integer({
        minimum: 1,
        maximum: 100,
        default: 1,
        description: 'Requests to the model at the same time; times maxPayloadMB at most 100.',
      }),
    ),
  },
  {
    $id: 'NewTransformJob',
    additionalProperties: false,
    examples: [{ name: 'example-scores', deployment: 'example', dataset: 'example-data' }],
  },
);
export type NewTransformJob = Static<typeof NewTransformJob>;

export const TransformJob = Type.Object(
  {
    name: Type.String(),
    arn: Type.String(),
    status: Status,
    failureReason: Type.Optional(Type.String()),
    deployment: Type.Optional(Type.String({ description: 'Given for jobs of this gateway, as is what follows.' })),
    version: Type.Optional(Type.String({ description: 'Version of the deployment.' })),
    dataset: Type.Optional(Type.String()),
    scored: Type.Optional(Type.String({ description: 'The rows that are scored: the data set in its version.' })),
    rows: Type.Optional(Type.Integer({ description: 'Rows to score. SageMaker tells no progress on the way.' })),
    results: Type.Optional(Type.String({ description: 'Path of the results, when the job is completed.' })),
    model: Type.String({ description: 'Model in SageMaker.' }),
    inputUri: Type.Optional(Type.String()),
    outputUri: Type.Optional(Type.String()),
    instanceType: Type.Optional(Type.String()),
    instanceCount: Type.Optional(Type.Integer()),
    createdAt: Type.Optional(Time),
    startedAt: Type.Optional(Time),
    endedAt: Type.Optional(Time),
  },
  { $id: 'TransformJob' },
);
export type TransformJob = Static<typeof TransformJob>;

export const TransformJobSummary = Type.Object(
  {
    name: Type.String(),
    status: Status,
    createdAt: Type.Optional(Time),
    endedAt: Type.Optional(Time),
  },
  { $id: 'TransformJobSummary' },
);

export const TransformJobPage = pageOf(ref(TransformJobSummary), 'TransformJobPage');

export const TransformJobQuery = sageMakerListQuery(Status);
export type TransformJobQuery = Static<typeof TransformJobQuery>;
