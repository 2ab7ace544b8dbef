import type { Cuts } from './bins.ts';
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

/** Twice the loss that the best leaf takes away; a split's gain is its children's less its own. */
export function leafGain(gradient: number, hessian: number, by: Regularisation): number {
  if (hessian < by.minChildWeight || hessian <= 0) return 0;
  if (by.maxDeltaStep === 0) {
    const shrunk = softThreshold(gradient, by.alpha);
    return (shrunk * shrunk) / (hessian + by.lambda);
  }
  const weight = leafWeight(gradient, hessian, by);
  return -(2 * gradient * weight + (hessian + by.lambda) * weight * weight) - 2 * by.alpha * Math.abs(weight);
}

/**
 * The split with the largest gain over the given features, or null if none gains. Missing values are tried on both sides.
 * @param histogram gradient and hessian sums, two numbers a slot, complete.
 */
export function findSplit(
  histogram: Float64Array,
  gradient: number,
  hessian: number,
  features: Int32Array,
  data: HistogramData,
  cuts: Cuts,
  by: Regularisation,
): Split | null {
  const { firstSlot, missingSlot } = data;
  const { start, threshold } = cuts;
  const least = Math.max(by.minChildWeight, SMALLEST_HESSIAN);
  const parentGain = leafGain(gradient, hessian, by);
  let best = parentGain + SMALLEST_GAIN;
  let bestFeature = -1;
  let bestBin = 0;
  let bestDefaultLeft = false;
  let bestGradient = 0;
  let bestHessian = 0;
  for (let i = 0; i < features.length; i++) {
    const f = features[i] as number;
    const bins = (start[f + 1] as number) - (start[f] as number);
    const first = 2 * (firstSlot[f] as number);
    const missing = 2 * (missingSlot[f] as number);
    const missingHessian = missing < 0 ? 0 : (histogram[missing + 1] as number);
    const missingGradient = missing < 0 ? 0 : (histogram[missing] as number);
    let leftGradient = 0;
    let leftHessian = 0;
    // Past the last bin only the missing values remain to be parted off.
    const tried = missing < 0 ? bins - 1 : bins;
    for (let bin = 0; bin < tried; bin++) {
      leftGradient += histogram[first + 2 * bin] as number;
      leftHessian += histogram[first + 2 * bin + 1] as number;
      if (leftHessian >= least && hessian - leftHessian >= least) {
        const gain =
          leafGain(leftGradient, leftHessian, by) + leafGain(gradient - leftGradient, hessian - leftHessian, by);
        if (gain > best) {
          best = gain;
          bestFeature = f;
          bestBin = bin;
          bestDefaultLeft = false;
          bestGradient = leftGradient;
          bestHessian = leftHessian;
        }
      }
      if (missingHessian <= 0) continue;
      const withGradient = leftGradient + missingGradient;
      const withHessian = leftHessian + missingHessian;
      if (withHessian >= least && hessian - withHessian >= least) {
        const gain =
          leafGain(withGradient, withHessian, by) + leafGain(gradient - withGradient, hessian - withHessian, by);
        if (gain > best) {
          best = gain;
          bestFeature = f;
          bestBin = bin;
          bestDefaultLeft = true;
          bestGradient = withGradient;
          bestHessian = withHessian;
        }
      }
    }
  }
  if (bestFeature < 0) return null;
  return {
    feature: bestFeature,
    bin: bestBin,
    threshold: threshold[(start[bestFeature] as number) + bestBin] as number,
    defaultLeft: bestDefaultLeft,
    gain: Math.fround(best - parentGain),
    leftGradient: bestGradient,
    leftHessian: bestHessian,
  };
}
