import { type ClassReport, classReport } from './class-report.ts';
import { UserError } from './faults.ts';
import type { LabelledMatrix } from './matrix.ts';
import { rankingArea } from './ranking-area.ts';

/** What a metric is computed from: predictions as `Objective.link` gives them, `groups` a row. */
interface Scored {
  readonly predictions: Float32Array;
  readonly data: LabelledMatrix;
  readonly groups: number;
}

export interface Metric {
  readonly name: string;
  /** Whether more is better. */
  readonly maximize: boolean;
  evaluate(scored: Scored): number;
}

type Evaluate = (scored: Scored) => number;

/** XGBoost clips probabilities so that logarithms stay finite. */
const SMALLEST_PROBABILITY = 1e-16;

/** The weighted mean over rows of a loss of prediction and label. */
function mean(loss: (prediction: number, label: number) => number, finish = (value: number) => value): Evaluate {
  return ({ predictions, data }) => {
    const { label, weight } = data;
    let sum = 0;
    let weights = 0;
    for (let r = 0; r < data.rows; r++) {
      const w = weight ? (weight[r] as number) : 1;
      sum += w * loss(predictions[r] as number, label[r] as number);
      weights += w;
    }
    return finish(weights === 0 ? sum : sum / weights);
  };
}

function logLoss(prediction: number, label: number): number {
  const negative = 1 - label;
  let loss = 0;
  if (label !== 0) loss -= label * Math.log(Math.max(prediction, SMALLEST_PROBABILITY));
  if (negative !== 0) loss -= negative * Math.log(Math.max(1 - prediction, SMALLEST_PROBABILITY));
  return loss;
}

function errorAbove(threshold: number): Evaluate {
  return mean((prediction, label) => (prediction > threshold ? 1 - label : label));
}

function poissonLoss(prediction: number, label: number): number {
  const rate = Math.max(prediction, SMALLEST_PROBABILITY);
  return logGamma(label + 1) + rate - label * Math.log(rate);
}

/** ln Γ(x) for x >= 1: exact products up to 10, Stirling's series beyond. */
function logGamma(x: number): number {
  let shift = 0;
  let y = x;
  for (; y < 10; y++) shift -= Math.log(y);
  const inverse = 1 / (y * y);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / y;
  return shift + (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series;
}

const multiError: Evaluate = ({ predictions, data, groups }) =>
  overRows(data, (r) => {
    let best = 0;
    for (let k = 1; k < groups; k++) {
      if ((predictions[r * groups + k] as number) > (predictions[r * groups + best] as number)) best = k;
    }
    return best === data.label[r] ? 0 : 1;
  });

const multiLogLoss: Evaluate = ({ predictions, data, groups }) =>
  overRows(data, (r) => {
    const p = predictions[r * groups + Math.trunc(data.label[r] as number)] as number;
    return -Math.log(Math.max(p, SMALLEST_PROBABILITY));
  });

function overRows(data: LabelledMatrix, loss: (row: number) => number): number {
  let sum = 0;
  let weights = 0;
  for (let r = 0; r < data.rows; r++) {
    const w = data.weight ? (data.weight[r] as number) : 1;
    sum += w * loss(r);
    weights += w;
  }
  return sum / weights;
}

function determination({ predictions, data }: Scored): number {
  const average = data.label.reduce((sum, label) => sum + label, 0) / data.rows;
  let residual = 0;
  let total = 0;
  for (let r = 0; r < data.rows; r++) {
    const label = data.label[r] as number;
    residual += (label - (predictions[r] as number)) ** 2;
    total += (label - average) ** 2;
  }
  return 1 - residual / total;
}

function ofReport(pick: (report: ClassReport) => number): Evaluate {
  return ({ predictions, data, groups }) => pick(classReport(predictions, data.label, groups));
}

const MINIMIZED: ReadonlyMap<string, Evaluate> = new Map(
  Object.entries({
    error: errorAbove(0.5),
    logloss: mean(logLoss),
    rmse: mean((prediction, label) => (prediction - label) ** 2, Math.sqrt),
    mse: mean((prediction, label) => (prediction - label) ** 2),
    mae: mean((prediction, label) => Math.abs(prediction - label)),
    mape: mean((prediction, label) => Math.abs((label - prediction) / label)),
    rmsle: mean((prediction, label) => (Math.log1p(prediction) - Math.log1p(label)) ** 2, Math.sqrt),
    merror: multiError,
    mlogloss: multiLogLoss,
    'poisson-nloglik': mean(poissonLoss),
  }),
);

/** Those of the container beside XGBoost's own are scikit-learn's, on the predicted classes. */
const MAXIMIZED: ReadonlyMap<string, Evaluate> = new Map(
  Object.entries({
    auc: ({ predictions, data }) => rankingArea(predictions, data, 'roc'),
    aucpr: ({ predictions, data }) => rankingArea(predictions, data, 'precision-recall'),
    accuracy: ofReport((report) => report.accuracy),
    balanced_accuracy: ofReport((report) => report.macro.recall),
    f1: ofReport((report) => report.macro.f1),
    f1_binary: ofReport((report) => report.positive.f1),
    f1_macro: ofReport((report) => report.macro.f1),
    precision: ofReport((report) => report.positive.precision),
    precision_macro: ofReport((report) => report.macro.precision),
    precision_micro: ofReport((report) => report.accuracy),
    recall: ofReport((report) => report.positive.recall),
    recall_macro: ofReport((report) => report.macro.recall),
    recall_micro: ofReport((report) => report.accuracy),
    r2: determination,
  }),
);

const MULTICLASS_ONLY = new Set(['merror', 'mlogloss']);
const ANY_CLASSES = /^(accuracy|balanced_accuracy|f1|f1_macro|.*_macro|.*_micro)$/;

/**
 * The metric of that name (`error@t` counts what is above t), for models with one or `groups` outputs.
 * @throws UserError for metrics that this trainer does not know, or that do not fit the number of outputs.
 */
export function metricOf(name: string, groups: number): Metric {
  const threshold = /^error@(.+)$/.exec(name)?.[1];
  if (threshold !== undefined) return { name, maximize: false, evaluate: errorAbove(Number(threshold)) };
  const maximize = MAXIMIZED.has(name);
  const evaluate = MAXIMIZED.get(name) ?? MINIMIZED.get(name);
  if (!evaluate) throw new UserError(`Hyperparameter eval_metric: ${name} is not supported by the embedded trainer`);
  if (groups > 1 ? !MULTICLASS_ONLY.has(name) && !ANY_CLASSES.test(name) : MULTICLASS_ONLY.has(name)) {
    throw new UserError(`Metric '${name}' cannot be applied to a model with ${groups > 1 ? groups : 'one'} output`);
  }
  return { name, maximize, evaluate };
}
