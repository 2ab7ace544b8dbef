import { UserError } from './faults.ts';
import { LINKS, type Link } from './link.ts';
import type { LabelledMatrix } from './matrix.ts';

export interface ObjectiveOptions {
  /** Weight of the rows with label 1, for the single-output regressions and binary objectives. */
  readonly scalePosWeight: number;
  readonly maxDeltaStep: number;
}

/** A loss as XGBoost defines it: gradient g and hessian h of a row, from its prediction and label, in float32. */
export interface Objective {
  /** How training turns margins into the predictions that `gradients` and the metrics are given. */
  readonly link: Link;
  readonly defaultMetric: string;
  /** @throws UserError naming what labels must be. */
  checkLabels(labels: Float32Array, groups: number): void;
  /** Writes g and h of every row, for the output `group`, to `into[2r]` and `into[2r + 1]`. */
  gradients(
    predictions: Float32Array,
    data: LabelledMatrix,
    group: number,
    groups: number,
    options: ObjectiveOptions,
    into: Float32Array,
  ): void;
}

/** XGBoost's floor for hessians (kRtEps of the objectives), so that no row vanishes from a node's cover. */
const SMALLEST_HESSIAN = 1e-16;

function linkOf(objective: string): Link {
  const link = LINKS.get(objective);
  if (!link) throw new Error(`no link function for ${objective}`);
  return link;
}

function rowWeight(data: LabelledMatrix, row: number, scalePosWeight: number): number {
  const weight = data.weight ? (data.weight[row] as number) : 1;
  return data.label[row] === 1 ? weight * scalePosWeight : weight;
}

const squaredError: Objective = {
  link: linkOf('reg:squarederror'),
  defaultMetric: 'rmse',
  checkLabels: () => {},
  gradients(predictions, data, _group, _groups, options, into) {
    for (let r = 0; r < data.rows; r++) {
      const weight = rowWeight(data, r, options.scalePosWeight);
      into[2 * r] = ((predictions[r] as number) - (data.label[r] as number)) * weight;
      into[2 * r + 1] = weight;
    }
  },
};

function logistic(defaultMetric: string): Objective {
  return {
    link: linkOf('reg:logistic'),
    defaultMetric,
    checkLabels(labels) {
      if (!labels.every((label) => label >= 0 && label <= 1)) {
        throw new UserError('label must be in [0,1] for logistic regression');
      }
    },
    gradients(predictions, data, _group, _groups, options, into) {
      for (let r = 0; r < data.rows; r++) {
        const p = predictions[r] as number;
        const weight = rowWeight(data, r, options.scalePosWeight);
        into[2 * r] = (p - (data.label[r] as number)) * weight;
        into[2 * r + 1] = Math.max(p * (1 - p), SMALLEST_HESSIAN) * weight;
      }
    },
  };
}

/** Like binary:logistic, but predictions, so also the metrics, are margins. */
const logitRaw: Objective = {
  ...logistic('auc'),
  link: linkOf('binary:logitraw'),
  gradients(predictions, data, _group, _groups, options, into) {
    for (let r = 0; r < data.rows; r++) {
      const p = 1 / (1 + Math.exp(-(predictions[r] as number)));
      const weight = rowWeight(data, r, options.scalePosWeight);
      into[2 * r] = (p - (data.label[r] as number)) * weight;
      into[2 * r + 1] = Math.max(p * (1 - p), SMALLEST_HESSIAN) * weight;
    }
  },
};

const poisson: Objective = {
  link: linkOf('count:poisson'),
  defaultMetric: 'poisson-nloglik',
  checkLabels(labels) {
    if (!labels.every((label) => label >= 0)) throw new UserError('PoissonRegression: label must be nonnegative');
  },
  gradients(predictions, data, _group, _groups, options, into) {
    // The hessian is inflated by the largest step, which keeps the exponential loss from overshooting.
    const inflation = Math.exp(options.maxDeltaStep);
    for (let r = 0; r < data.rows; r++) {
      const p = predictions[r] as number;
      const weight = data.weight ? (data.weight[r] as number) : 1;
      into[2 * r] = (p - (data.label[r] as number)) * weight;
      into[2 * r + 1] = p * inflation * weight;
    }
  },
};

const softmax: Objective = {
  link: linkOf('multi:softprob'),
  defaultMetric: 'merror',
  checkLabels(labels, groups) {
    if (!labels.every((label) => label >= 0 && label < groups)) {
      throw new UserError('SoftmaxMultiClassObj: label must be in [0, num_class).');
    }
  },
  gradients(predictions, data, group, groups, _options, into) {
    for (let r = 0; r < data.rows; r++) {
      const p = predictions[r * groups + group] as number;
      const weight = data.weight ? (data.weight[r] as number) : 1;
      into[2 * r] = (Math.trunc(data.label[r] as number) === group ? p - 1 : p) * weight;
      into[2 * r + 1] = Math.max(2 * p * (1 - p) * weight, SMALLEST_HESSIAN);
    }
  },
};

/** Default metrics are those of the algorithm's classic versions (0.72 to 1.2): error, not logloss; merror, not mlogloss. */
export const OBJECTIVES: ReadonlyMap<string, Objective> = new Map([
  ['reg:squarederror', squaredError],
  ['reg:linear', squaredError],
  ['reg:logistic', logistic('rmse')],
  ['binary:logistic', logistic('error')],
  ['binary:logitraw', logitRaw],
  ['count:poisson', poisson],
  ['multi:softmax', softmax],
  ['multi:softprob', softmax],
]);
