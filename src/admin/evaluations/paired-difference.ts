import type { Difference } from './schema.ts';

/** Standard deviations to each side of 95% of a normal distribution. */
const z95 = 1.959963984540054;

type Interval = Omit<Difference, 'metric'>;

const interval = (value: number, deviation: number): Interval => ({
  value,
  low: value - z95 * deviation,
  high: value + z95 * deviation,
});

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function covariance(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const sum = a.reduce((total, value, i) => total + (value - meanA) * ((b[i] ?? 0) - meanB), 0);
  return sum / Math.max(1, a.length - 1);
}

/** The mean difference of what was measured of the same rows, with its 95% confidence interval. */
export function meanDifference(a: Float64Array, b: Float64Array): Interval {
  const differences = a.map((value, row) => value - (b[row] ?? 0));
  return interval(mean(differences), Math.sqrt(covariance(differences, differences) / differences.length));
}

/** The rank of each value, from 1; equal ones share the mean of theirs. */
function midranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((i, j) => (values[i] ?? 0) - (values[j] ?? 0));
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end += 1;
    for (let place = start; place < end; place += 1) ranks[order[place] ?? 0] = (start + end + 1) / 2;
    start = end;
  }
  return ranks;
}

/** For each positive row the share of negatives below it, and for each negative the share of positives above it. */
function placements(truths: Float64Array, scores: Float64Array) {
  const of = (truth: number) => scores.filter((_score, row) => truths[row] === truth);
  const [negatives, positives] = [of(0), of(1)];
  const all = midranks(scores);
  const among = (truth: number) => all.filter((_rank, row) => truths[row] === truth);
  const [ranksOfNegatives, ranksOfPositives] = [midranks(negatives), midranks(positives)];
  return {
    positives: among(1).map((rank, i) => (rank - (ranksOfPositives[i] ?? 0)) / negatives.length),
    negatives: among(0).map((rank, i) => 1 - (rank - (ranksOfNegatives[i] ?? 0)) / positives.length),
  };
}

/**
 * The difference of two areas under the ROC curve on the same rows (DeLong, DeLong and Clarke-Pearson 1988, by the ranks of Sun and Xu 2014).
 * Undefined when one class has no rows.
 */
export function aucDifference(truths: Float64Array, a: Float64Array, b: Float64Array): Interval | undefined {
  const [placedA, placedB] = [placements(truths, a), placements(truths, b)];
  if (placedA.positives.length === 0 || placedA.negatives.length === 0) return undefined;
  const variance = (['positives', 'negatives'] as const).reduce((sum, side) => {
    const [x, y] = [placedA[side], placedB[side]];
    return sum + (covariance(x, x) + covariance(y, y) - 2 * covariance(x, y)) / x.length;
  }, 0);
  return interval(mean(placedA.positives) - mean(placedB.positives), Math.sqrt(Math.max(0, variance)));
}

/**
 * The chance that of `a + b` rows which one of two equally good models tells right and the other wrong, the division is as uneven as this or
 * more (McNemar's exact test, two-sided).
 */
export function mcNemarPValue(a: number, b: number): number {
  const n = a + b;
  const least = Math.min(a, b);
  // Binomial terms as logarithms, since 2^-n is nothing for a large n.
  let term = -n * Math.LN2;
  let tail = 0;
  for (let k = 0; k <= least; k += 1) {
    if (k > 0) term += Math.log((n - k + 1) / k);
    tail += Math.exp(term);
  }
  return Math.min(1, 2 * tail);
}
