import Type, { type Static } from 'typebox';
import { pageOf } from '../paging.ts';
import { dataReference, ref, sageMakerName } from '../resource-schema.ts';

export const EvaluationId = Type.String({
  pattern: '^\\d{8}T\\d{6}Z-[0-9a-f]{8}$',
  description: 'Id of the evaluation: when it was made, and a random part.',
  examples: ['20261123T155800Z-0f3a9c1e'],
});

export const NewEvaluation = Type.Object(
  {
    deployment: sageMakerName({ maxLength: 44, description: 'Deployment to evaluate; must be InService.' }),
    dataset: dataReference('Rows to evaluate with'),
    label: Type.String({
      minLength: 1,
      description: 'Column with the truth: 0 or 1, or the names of the classes of the deployment.',
    }),
    threshold: Type.Optional(
      Type.Number({ description: 'A score at or above it says 1. Without it: the deployment’s own, or 0.5.' }),
    ),
  },
  {
    $id: 'NewEvaluation',
    additionalProperties: false,
    examples: [{ deployment: 'example', dataset: 'example-data', label: 'bought' }],
  },
);
export type NewEvaluation = Static<typeof NewEvaluation>;

// A list of types, not a union: simpler for the clients that are generated from it.
const ratio = (description: string) => Type.Unsafe<number | null>({ type: ['number', 'null'], description });

const Metrics = Type.Object(
  {
    accuracy: ratio('Rows that are told right, of all.'),
    precision: ratio('Of the rows told 1, those that are.'),
    recall: ratio('Of the rows that are 1, those told.'),
    f1: ratio('Harmonic mean of precision and recall.'),
    auc: ratio('Area under the ROC curve.'),
    logLoss: ratio('Mean logarithmic loss; null when scores are no probabilities.'),
  },
  { description: 'null where a metric is not defined, as precision when no row is told 1.' },
);
export type Metrics = Static<typeof Metrics>;

const count = Type.Integer({ minimum: 0 });
const ConfusionMatrix = Type.Object({
  trueNegatives: count,
  falsePositives: count,
  falseNegatives: count,
  truePositives: count,
});
export type ConfusionMatrix = Static<typeof ConfusionMatrix>;

const RocPoint = Type.Object({
  fpr: Type.Number({ description: 'False positive rate.' }),
  tpr: Type.Number({ description: 'True positive rate.' }),
  threshold: Type.Optional(Type.Number({ description: 'Not given at the origin, which is above every score.' })),
});
export type RocPoint = Static<typeof RocPoint>;

const Histogram = Type.Object({
  edges: Type.Array(Type.Number(), { description: 'Scores between which the bins lie, one more than bins.' }),
  negatives: Type.Array(count, { description: 'Rows that are 0, by bin.' }),
  positives: Type.Array(count, { description: 'Rows that are 1, by bin.' }),
});
export type Histogram = Static<typeof Histogram>;

const facts = {
  id: EvaluationId,
  deployment: Type.String(),
  version: Type.String({ description: 'Version of the deployment that was evaluated.' }),
  dataset: Type.String(),
  label: Type.String(),
  labels: Type.Optional(Type.Array(Type.String(), { description: 'Names of the classes 0 and 1.' })),
  threshold: Type.Number(),
  status: Type.Enum(['InProgress', 'Completed', 'Failed']),
  failureReason: Type.Optional(Type.String()),
  rows: Type.Integer({ description: 'Rows evaluated so far.' }),
  metrics: Type.Optional(Metrics),
  createdAt: Type.String({ format: 'date-time' }),
  completedAt: Type.Optional(Type.String({ format: 'date-time' })),
};

export const Evaluation = Type.Object(
  {
    ...facts,
    confusionMatrix: Type.Optional(ConfusionMatrix),
    roc: Type.Optional(Type.Array(RocPoint, { description: 'At most 200 points of the ROC curve.' })),
    histogram: Type.Optional(Histogram),
  },
  { $id: 'Evaluation', description: 'How good a deployed model is on a data set.' },
);
export type Evaluation = Static<typeof Evaluation>;

export const EvaluationSummary = Type.Object(facts, { $id: 'EvaluationSummary' });
export type EvaluationSummary = Static<typeof EvaluationSummary>;

export const EvaluationPage = pageOf(ref(EvaluationSummary), 'EvaluationPage');
