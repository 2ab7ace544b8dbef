import type { ConfusionMatrix, Histogram, Metrics, RocPoint } from './schema.ts';

/** The scores that the rows of each class got, ascending. */
export interface ClassScores {
  readonly negatives: Float64Array;
  readonly positives: Float64Array;
}

/** A logarithm of 0 would make one sure mistake infinitely bad. */
const smallestProbability = 1e-15;
const rocPoints = 200;
const histogramBins = 20;

/** How many of ascending values are below a limit. */
function countBelow(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** A score at or above the threshold says positive. */
export function confusionMatrix({ negatives, positives }: ClassScores, threshold: number): ConfusionMatrix {
  const trueNegatives = countBelow(negatives, threshold);
  const falseNegatives = countBelow(positives, threshold);
  return {
    trueNegatives,
    falsePositives: negatives.length - trueNegatives,
    falseNegatives,
    truePositives: positives.length - falseNegatives,
  };
}

/** The chance that a positive row scores above a negative one, a tie counting half; null with one class only. */
export function areaUnderCurve({ negatives, positives }: ClassScores): number | null {
  let below = 0;
  let notAbove = 0;
  let wins = 0;
  for (const score of positives) {
    while (below < negatives.length && (negatives[below] ?? 0) < score) below += 1;
    while (notAbove < negatives.length && (negatives[notAbove] ?? 0) <= score) notAbove += 1;
    wins += (below + notAbove) / 2;
  }
  return ratio(wins, negatives.length * positives.length);
}

/** Mean of -ln(probability given to the true class); null when the scores are no probabilities. */
export function logLoss({ negatives, positives }: ClassScores): number | null {
  const all = [negatives, positives];
  if (all.some((scores) => (scores[0] ?? 0) < 0 || (scores.at(-1) ?? 0) > 1)) return null;
  const clip = (probability: number) => Math.min(Math.max(probability, smallestProbability), 1 - smallestProbability);
  let sum = 0;
  for (const score of positives) sum -= Math.log(clip(score));
  for (const score of negatives) sum -= Math.log(1 - clip(score));
  return ratio(sum, negatives.length + positives.length);
}

export function metrics(scores: ClassScores, threshold: number): Metrics {
  const { trueNegatives, falsePositives, falseNegatives, truePositives } = confusionMatrix(scores, threshold);
  return {
    accuracy: ratio(truePositives + trueNegatives, scores.negatives.length + scores.positives.length),
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, truePositives + falseNegatives),
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
    auc: areaUnderCurve(scores),
    logLoss: logLoss(scores),
  };
}

/** Distinct values of both classes, descending. */
function thresholds({ negatives, positives }: ClassScores): Float64Array {
  const all = new Float64Array(negatives.length + positives.length);
  all.set(negatives);
  all.set(positives, negatives.length);
  all.sort();
  return all.filter((value, index) => value !== all[index - 1]).reverse();
}

/** The curve from (0, 0) to (1, 1), thinned out evenly when it has too many points; empty with one class only. */
export function rocCurve(scores: ClassScores): RocPoint[] {
  const { negatives, positives } = scores;
  if (negatives.length === 0 || positives.length === 0) return [];
  const distinct = thresholds(scores);
  const steps = Math.min(distinct.length, rocPoints - 1);
  const points: RocPoint[] = [{ fpr: 0, tpr: 0 }];
  for (let step = 1; step <= steps; step += 1) {
    const threshold = distinct[Math.round((step * distinct.length) / steps) - 1] ?? 0;
    points.push({
      fpr: 1 - countBelow(negatives, threshold) / negatives.length,
      tpr: 1 - countBelow(positives, threshold) / positives.length,
      threshold,
    });
  }
  return points;
}

/** Rows of each class by score, over [0, 1] or, where scores are no probabilities, over their own range. */
export function histogram({ negatives, positives }: ClassScores): Histogram {
  const lowest = Math.min(0, negatives[0] ?? 0, positives[0] ?? 0);
  const highest = Math.max(1, negatives.at(-1) ?? 1, positives.at(-1) ?? 1);
  const edges = Array.from(
    { length: histogramBins + 1 },
    (_, index) => lowest + ((highest - lowest) * index) / histogramBins,
  );
  const count = (sorted: Float64Array): number[] =>
    edges.slice(1).map((edge, bin) => {
      const upTo = bin === histogramBins - 1 ? sorted.length : countBelow(sorted, edge);
      return upTo - countBelow(sorted, edges[bin] ?? 0);
    });
  return { edges, negatives: count(negatives), positives: count(positives) };
}
