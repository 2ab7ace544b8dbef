import { binCount, type Cuts } from './bins.ts';
import type { HistogramData } from './histogram-data.ts';
import type { Split } from './tree.ts';

/** XGBoost's regularisation of leaves: https://xgboost.readthedocs.io/en/stable/tutorials/model.html */
export interface Regularisation {
  readonly lambda: number;
  readonly alpha: number;
  /** 0 for no limit. */
  readonly maxDeltaStep: number;
  readonly minChildWeight: number;
}

/** XGBoost's kRtEps: gains up to it are rounding, not structure. */
const SMALLEST_GAIN = 1e-6;

/** What subtraction leaves of an empty child is noise far below this. */
const SMALLEST_HESSIAN = 1e-6;

function softThreshold(gradient: number, alpha: number): number {
  if (gradient > alpha) return gradient - alpha;
  if (gradient < -alpha) return gradient + alpha;
  return 0;
}

/** The best value of a leaf with these sums, before eta. */
export function leafWeight(gradient: number, hessian: number, by: Regularisation): number {
  if (hessian < by.minChildWeight || hessian <= 0) return 0;
  const weight = -softThreshold(gradient, by.alpha) / (hessian + by.lambda);
  if (by.maxDeltaStep > 0 && Math.abs(weight) > by.maxDeltaStep) return Math.sign(weight) * by.maxDeltaStep;
  return weight;
}

/**
 * Twice the loss that the best leaf takes away; a split's gain is its children's less its own. In float32, as XGBoost has
 * it: which of two nearly equal splits is taken depends on it.
 */
export function leafGain(gradient: number, hessian: number, by: Regularisation): number {
  if (hessian < by.minChildWeight || hessian <= 0) return 0;
  if (by.maxDeltaStep === 0) {
    const shrunk = softThreshold(gradient, by.alpha);
    return Math.fround((shrunk * shrunk) / (hessian + by.lambda));
  }
  const weight = leafWeight(gradient, hessian, by);
  return Math.fround(
    -(2 * gradient * weight + (hessian + by.lambda) * weight * weight) - 2 * by.alpha * Math.abs(weight),
  );
}

/** Finds the best split of one node after another. */
export class SplitFinder {
  readonly #data: HistogramData;
  readonly #cuts: Cuts;
  readonly #by: Regularisation;
  readonly #least: number;
  // The node under way, and the best split so far.
  #gradient = 0;
  #hessian = 0;
  #ownGain = 0;
  #gain = 0;
  #feature = -1;
  #bin = 0;
  #defaultLeft = false;
  #leftGradient = 0;
  #leftHessian = 0;

  constructor(data: HistogramData, cuts: Cuts, by: Regularisation) {
    this.#data = data;
    this.#cuts = cuts;
    this.#by = by;
    this.#least = Math.max(by.minChildWeight, SMALLEST_HESSIAN);
  }

  /**
   * The split with the largest gain over the given features, or null if none gains.
   * @param histogram gradient and hessian sums, two numbers a slot, complete, of a node with the given totals.
   */
  find(histogram: Float64Array, gradient: number, hessian: number, features: Int32Array): Split | null {
    this.#gradient = gradient;
    this.#hessian = hessian;
    this.#ownGain = leafGain(gradient, hessian, this.#by);
    this.#gain = SMALLEST_GAIN;
    this.#feature = -1;
    for (let i = 0; i < features.length; i++) this.#tryFeature(histogram, features[i] as number);
    if (this.#feature < 0) return null;
    const { start, threshold } = this.#cuts;
    return {
      feature: this.#feature,
      bin: this.#bin,
      threshold: threshold[(start[this.#feature] as number) + this.#bin] as number,
      defaultLeft: this.#defaultLeft,
      gain: this.#gain,
      leftGradient: this.#leftGradient,
      leftHessian: this.#leftHessian,
    };
  }

  /** First from the left with missing values on the right, then the other way round: XGBoost's order, which decides ties. */
  #tryFeature(histogram: Float64Array, feature: number): void {
    const { firstSlot, missingSlot } = this.#data;
    const bins = binCount(this.#cuts, feature);
    const first = 2 * (firstSlot[feature] as number);
    const missing = 2 * (missingSlot[feature] as number);
    // Past the last bin only the missing values remain to be parted off.
    const tried = missing < 0 ? bins - 1 : bins;
    let leftGradient = 0;
    let leftHessian = 0;
    for (let bin = 0; bin < tried; bin++) {
      leftGradient += histogram[first + 2 * bin] as number;
      leftHessian += histogram[first + 2 * bin + 1] as number;
      this.#offer(feature, bin, false, leftGradient, leftHessian);
    }
    if (missing < 0 || (histogram[missing + 1] as number) <= 0) return;
    let rightGradient = 0;
    let rightHessian = 0;
    for (let bin = bins - 1; bin > 0; bin--) {
      rightGradient += histogram[first + 2 * bin] as number;
      rightHessian += histogram[first + 2 * bin + 1] as number;
      this.#offer(feature, bin - 1, true, this.#gradient - rightGradient, this.#hessian - rightHessian);
    }
  }

  #offer(feature: number, bin: number, defaultLeft: boolean, leftGradient: number, leftHessian: number): void {
    const rightHessian = this.#hessian - leftHessian;
    if (leftHessian < this.#least || rightHessian < this.#least) return;
    const left = leafGain(leftGradient, leftHessian, this.#by);
    const right = leafGain(this.#gradient - leftGradient, rightHessian, this.#by);
    const gain = Math.fround(Math.fround(left + right) - this.#ownGain);
    if (gain <= this.#gain) return;
    this.#gain = gain;
    this.#feature = feature;
    this.#bin = bin;
    this.#defaultLeft = defaultLeft;
    this.#leftGradient = leftGradient;
    this.#leftHessian = leftHessian;
  }
}
