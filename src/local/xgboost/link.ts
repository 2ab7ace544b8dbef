import { UserError } from './faults.ts';

/** What XGBoost makes of the summed leaf values (margins), per objective, in float32 as it does. */
export interface Link {
  /** The margin that a model starts from. @throws UserError where the objective cannot have this base score. */
  toMargin(baseScore: number): number;
  /** Turns the margins of `margins[0, rows × groups)`, row after row, into predictions, in place. */
  transform(margins: Float32Array, rows: number, groups: number): void;
  /** Predictions a row, given the number of groups. */
  outputs(groups: number): number;
}

const identity: Link = { toMargin: (score) => score, transform: () => {}, outputs: (groups) => groups };

const logistic: Link = {
  toMargin(score) {
    if (!(score > 0 && score < 1)) {
      throw new UserError(
        'Check failed: base_score > 0.0f && base_score < 1.0f: base_score must be in (0,1) for logistic loss, ' +
          `got: ${score}`,
      );
    }
    return Math.fround(-Math.log(Math.fround(1 / Math.fround(score)) - 1));
  },
  transform(margins, rows) {
    for (let r = 0; r < rows; r++) {
      const power = Math.fround(Math.exp(Math.min(-(margins[r] as number), 88.7)));
      margins[r] = 1 / Math.fround(power + 1);
    }
  },
  outputs: (groups) => groups,
};

const exponential: Link = {
  toMargin(score) {
    if (!(score > 0)) throw new UserError(`Check failed: base_score > 0: got ${score}`);
    return Math.fround(Math.log(Math.fround(score)));
  },
  transform(margins, rows) {
    for (let r = 0; r < rows; r++) margins[r] = Math.exp(margins[r] as number);
  },
  outputs: (groups) => groups,
};

const softprob: Link = {
  toMargin: (score) => score,
  transform(margins, rows, groups) {
    for (let from = 0; from < rows * groups; from += groups) {
      let largest = -Infinity;
      for (let k = from; k < from + groups; k++) largest = Math.max(largest, margins[k] as number);
      let sum = 0;
      for (let k = from; k < from + groups; k++) {
        margins[k] = Math.exp(Math.fround((margins[k] as number) - largest));
        sum += margins[k] as number;
      }
      sum = Math.fround(sum);
      for (let k = from; k < from + groups; k++) margins[k] = (margins[k] as number) / sum;
    }
  },
  outputs: (groups) => groups,
};

/** The predicted class; rows are packed to the front, one prediction each. */
const softmax: Link = {
  toMargin: (score) => score,
  transform(margins, rows, groups) {
    for (let r = 0; r < rows; r++) {
      let best = 0;
      for (let k = 1; k < groups; k++) {
        if ((margins[r * groups + k] as number) > (margins[r * groups + best] as number)) best = k;
      }
      margins[r] = best;
    }
  },
  outputs: () => 1,
};

/** The objectives of which models can be scored; see objectives.ts for those that can be trained. */
export const LINKS: ReadonlyMap<string, Link> = new Map([
  ['reg:squarederror', identity],
  ['reg:linear', identity],
  ['reg:logistic', logistic],
  ['binary:logistic', logistic],
  ['binary:logitraw', identity],
  ['count:poisson', exponential],
  ['multi:softmax', softmax],
  ['multi:softprob', softprob],
]);
