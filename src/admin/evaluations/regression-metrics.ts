import { ratio } from './binary-metrics.ts';
import type { Measurements, Metrics, Residuals } from './schema.ts';

const bins = 20;
const mostPoints = 500;

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

function median(sorted: Float64Array): number | null {
  if (sorted.length === 0) return null;
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

export function regressionMetrics(truths: Float64Array, predictions: Float64Array): Metrics {
  const rows = truths.length;
  const errors = predictions.map((prediction, row) => prediction - (truths[row] ?? 0));
  const absolute = errors.map(Math.abs);
  const squared = sum(errors.map((error) => error ** 2));
  const center = sum(truths) / Math.max(1, rows);
  const variation = sum(truths.map((truth) => (truth - center) ** 2));
  const unexplained = ratio(squared, variation);
  const meanSquared = ratio(squared, rows);
  return {
    mae: ratio(sum(absolute), rows),
    medianAbsoluteError: median(absolute.toSorted()),
    rmse: meanSquared === null ? null : Math.sqrt(meanSquared),
    r2: unexplained === null ? null : 1 - unexplained,
    bias: ratio(sum(errors), rows),
  };
}

function residualsOf(truths: Float64Array, predictions: Float64Array): Residuals {
  const errors = predictions.map((prediction, row) => prediction - (truths[row] ?? 0));
  const lowest = errors.reduce((least, error) => Math.min(least, error), 0);
  const highest = errors.reduce((most, error) => Math.max(most, error), 0);
  const width = (highest - lowest) / bins || 1;
  const counts = new Array<number>(bins).fill(0);
  for (const error of errors) {
    const bin = Math.min(bins - 1, Math.floor((error - lowest) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const step = Math.max(1, Math.ceil(truths.length / mostPoints));
  const picked = Array.from({ length: Math.ceil(truths.length / step) }, (_, index) => index * step);
  return {
    edges: Array.from({ length: bins + 1 }, (_, bin) => lowest + bin * width),
    counts,
    points: picked.map((row) => ({ truth: truths[row] ?? 0, prediction: predictions[row] ?? 0 })),
  };
}

/** Everything that is told of a model that tells a number. */
export const regressionMeasurements = (truths: Float64Array, predictions: Float64Array): Measurements => ({
  metrics: regressionMetrics(truths, predictions),
  residuals: residualsOf(truths, predictions),
});
