import Type, { type Static } from 'typebox';
import { listQueryWith, pageOf } from '../paging.ts';
import { dataReference, ref, sageMakerName } from '../resource-schema.ts';

export const EvaluationId = Type.String({
  pattern: '^\\d{8}T\\d{6}Z-[0-9a-f]{8}$',
  description: 'Id of the evaluation: when it was made, and a random part.',
  examples: ['20261123T155800Z-0f3a9c1e'],
});

const Problem = Type.Enum(['binary', 'multiclass', 'regression'], {
  description: 'What the model was made to tell: one of two classes, one of several, or a number.',
});
export type Problem = Static<typeof Problem>;

export const NewEvaluation = Type.Object(
  {
    deployment: sageMakerName({ maxLength: 44, description: 'Deployment to evaluate; must be InService.' }),
    dataset: dataReference('Rows to evaluate with'),
    label: Type.String({
      minLength: 1,
      description:
        'Column with the truth: 0, 1, … or the names of the classes of the deployment; of a regression the number.',
    }),
    problem: Type.Optional({
      ...Problem,
      description: 'Without it: what the objective of the training job says, or the number of the labels; else binary.',
    }),
    threshold: Type.Optional(
      Type.Number({ description: 'A score at or above it says 1. Without it: the deployment’s own, or 0.5.' }),
    ),
    compareWith: Type.Optional(
      sageMakerName({ maxLength: 44, description: 'Another deployment, to be measured on the same rows.' }),
    ),
    slices: Type.Optional(
      Type.Array(Type.String({ minLength: 1 }), {
        maxItems: 10,
        uniqueItems: true,
        description:
          'Columns of the data set: the metrics are told for each of their values, or quarter of their range.',
      }),
    ),
  },
  {
    $id: 'NewEvaluation',
    additionalProperties: false,
    examples: [{ deployment: 'example', dataset: 'example-data', label: 'bought', slices: ['calls'] }],
  },
);
export type NewEvaluation = Static<typeof NewEvaluation>;

// A list of types, not a union: simpler for the clients that are generated from it.
const ratio = (description: string) =>
  Type.Optional(Type.Unsafe<number | null>({ type: ['number', 'null'], description }));

export const Metrics = Type.Object(
  {
    accuracy: ratio('Rows that are told right, of all.'),
    precision: ratio('Of the rows told 1, those that are.'),
    recall: ratio('Of the rows that are 1, those told.'),
    f1: ratio('Harmonic mean of precision and recall.'),
    auc: ratio('Area under the ROC curve; of several classes the mean of each against the rest.'),
    averagePrecision: ratio('Area under the precision-recall curve, as steps.'),
    logLoss: ratio('Mean logarithmic loss; null when scores are no probabilities.'),
    brier: ratio('Mean squared distance of the probability from the truth, of binary models.'),
    calibrationError: ratio('Expected calibration error: mean distance of probability and outcome, over 10 bins.'),
    macroPrecision: ratio('Mean over the classes.'),
    macroRecall: ratio('Mean over the classes.'),
    macroF1: ratio('Mean over the classes.'),
    microF1: ratio('Of all rows together; the accuracy, where each row has one class.'),
    weightedPrecision: ratio('Mean over the classes, by their rows.'),
    weightedRecall: ratio('Mean over the classes, by their rows.'),
    weightedF1: ratio('Mean over the classes, by their rows.'),
    mae: ratio('Mean absolute error.'),
    medianAbsoluteError: ratio('Median absolute error.'),
    rmse: ratio('Root of the mean squared error.'),
    r2: ratio('Coefficient of determination: 1 − squared error / variance; null when all truths are equal.'),
    bias: ratio('Mean of prediction − truth.'),
  },
  {
    $id: 'Metrics',
    description: 'Those of the problem; null where one is not defined, as precision when no row is told 1.',
  },
);
export type Metrics = Static<typeof Metrics>;

const count = Type.Integer({ minimum: 0 });
const nullable = (description: string) => Type.Unsafe<number | null>({ type: ['number', 'null'], description });

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

const PrecisionRecallPoint = Type.Object({
  precision: Type.Number(),
  recall: Type.Number(),
  threshold: Type.Number(),
});
export type PrecisionRecallPoint = Static<typeof PrecisionRecallPoint>;

const CalibrationBin = Type.Object({
  from: Type.Number(),
  to: Type.Number(),
  rows: count,
  predicted: Type.Number({ description: 'Mean probability that the model gave.' }),
  actual: Type.Number({ description: 'Share of the rows that came true.' }),
});
export type CalibrationBin = Static<typeof CalibrationBin>;

const edges = Type.Array(Type.Number(), { description: 'Between which the bins lie, one more than bins.' });

const Histogram = Type.Object({
  edges,
  negatives: Type.Array(count, { description: 'Rows that are 0, by bin.' }),
  positives: Type.Array(count, { description: 'Rows that are 1, by bin.' }),
});
export type Histogram = Static<typeof Histogram>;

const ClassReport = Type.Object({
  name: Type.String(),
  rows: Type.Integer({ minimum: 0, description: 'Rows that are of the class.' }),
  precision: nullable('Of the rows told so, those that are.'),
  recall: nullable('Of the rows that are, those told.'),
  f1: nullable('Harmonic mean of precision and recall.'),
  auc: nullable('Area under its ROC curve against the rest.'),
  roc: Type.Array(RocPoint),
});
export type ClassReport = Static<typeof ClassReport>;

const Residuals = Type.Object(
  {
    edges,
    counts: Type.Array(count),
    points: Type.Array(Type.Object({ truth: Type.Number(), prediction: Type.Number() }), {
      description: 'At most 500 rows, evenly picked.',
    }),
  },
  { description: 'Prediction − truth.' },
);
export type Residuals = Static<typeof Residuals>;

const Slice = Type.Object({
  column: Type.String(),
  value: Type.String({ description: 'A value, or a range of numbers.' }),
  rows: count,
  metrics: ref(Metrics),
});
export type Slice = Static<typeof Slice>;

const Difference = Type.Object({
  metric: Type.String(),
  value: Type.Number({ description: 'This deployment’s less the other’s.' }),
  low: Type.Number({ description: 'Lower end of the 95% confidence interval.' }),
  high: Type.Number({ description: 'Upper end.' }),
});
export type Difference = Static<typeof Difference>;

const Comparison = Type.Object(
  {
    deployment: Type.String(),
    version: Type.String(),
    metrics: ref(Metrics),
    differences: Type.Array(Difference, {
      description: 'Intervals of paired differences over the rows; of the AUC by DeLong’s method.',
    }),
    mcNemar: Type.Optional(
      Type.Object(
        {
          onlyThis: Type.Integer({ description: 'Rows that only this deployment tells right.' }),
          onlyOther: Type.Integer({ description: 'Rows that only the other one tells right.' }),
          pValue: Type.Number({ description: 'Chance of so uneven a division were both equally often right (exact).' }),
        },
        { description: 'McNemar’s test, of classifications.' },
      ),
    ),
  },
  { description: 'Another deployment on the same rows.' },
);
export type Comparison = Static<typeof Comparison>;

const Status = Type.Enum(['InProgress', 'Completed', 'Failed']);

const facts = {
  id: EvaluationId,
  deployment: Type.String(),
  version: Type.String({ description: 'Version of the deployment that was evaluated.' }),
  dataset: Type.String({ description: 'As it was asked for.' }),
  evaluated: Type.Optional(
    Type.String({ description: 'The rows that were read: the data set in its version, or their s3:// URI.' }),
  ),
  label: Type.String(),
  labels: Type.Optional(Type.Array(Type.String(), { description: 'Names of the classes 0, 1, ….' })),
  problem: Problem,
  threshold: Type.Number(),
  status: Status,
  failureReason: Type.Optional(Type.String()),
  rows: Type.Integer({ description: 'Rows evaluated so far.' }),
  metrics: Type.Optional(ref(Metrics)),
  createdAt: Type.String({ format: 'date-time' }),
  completedAt: Type.Optional(Type.String({ format: 'date-time' })),
};

/** All that is measured of the rows of a data set. */
const measurements = {
  confusionMatrix: Type.Optional(ConfusionMatrix),
  roc: Type.Optional(Type.Array(RocPoint, { description: 'At most 200 points of the ROC curve.' })),
  precisionRecall: Type.Optional(
    Type.Array(PrecisionRecallPoint, { description: 'At most 200 points of the precision-recall curve.' }),
  ),
  histogram: Type.Optional(Histogram),
  calibration: Type.Optional(
    Type.Array(CalibrationBin, {
      description:
        'Of the probability of class 1; of several classes, of the one that was told. Bins without rows are left out.',
    }),
  ),
  confusion: Type.Optional(
    Type.Array(Type.Array(count), { description: 'Of several classes: a row for each truth, a column for each told.' }),
  ),
  classes: Type.Optional(Type.Array(ClassReport)),
  residuals: Type.Optional(Residuals),
  slices: Type.Optional(Type.Array(Slice)),
  comparison: Type.Optional(Comparison),
};

export const Evaluation = Type.Object(
  { ...facts, ...measurements },
  { $id: 'Evaluation', description: 'How good a deployed model is on a data set.' },
);
export type Evaluation = Static<typeof Evaluation>;
export type Measurements = Pick<Evaluation, keyof typeof measurements | 'metrics'>;

export const EvaluationSummary = Type.Object(facts, { $id: 'EvaluationSummary' });
export type EvaluationSummary = Static<typeof EvaluationSummary>;
export const summaryFields = Object.keys(facts) as (keyof typeof facts)[];

export const EvaluationPage = pageOf(ref(EvaluationSummary), 'EvaluationPage');
export const EvaluationQuery = listQueryWith(Status);
export type EvaluationQuery = Static<typeof EvaluationQuery>;
