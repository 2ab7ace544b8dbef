import { calibrationBins, calibrationError, isProbability } from './calibration.ts';
import type { ConfusionMatrix, Histogram, Metrics, PrecisionRecallPoint, RocPoint } from './schema.ts';

/** The scores that the rows of each class got, ascending. */
export interface ClassScores {
  readonly negatives: Float64Array;
  readonly positives: Float64Array;
}

/** A logarithm of 0 would make one sure mistake infinitely bad. */
const smallestProbability = 1e-15;
const curvePoints = 200;
const histogramBins = 20;

/** Sorts scores by the truth of their rows, of all or of those picked. */
export function classScores(
  truths: Float64Array,
  scores: Float64Array,
  picked: (row: number) => boolean = () => true,
): ClassScores {
  const of = (truth: number): Float64Array =>
    scores.filter((_score, row) => (truths[row] === 1 ? 1 : 0) === truth && picked(row)).sort();
  return { negatives: of(0), positives: of(1) };
}

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

export const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

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

const areProbabilities = ({ negatives, positives }: ClassScores): boolean =>
  [negatives, positives].every((scores) => isProbability(scores[0] ?? 0) && isProbability(scores.at(-1) ?? 0));

/** What it costs to have given the truth this probability. */
export const loss = (probability: number): number =>
  -Math.log(Math.min(Math.max(probability, smallestProbability), 1 - smallestProbability));

/** Mean squared distance of the probability from the truth; null when the scores are no probabilities. */
export function brierScore({ negatives, positives }: ClassScores): number | null {
  if (!areProbabilities({ negatives, positives })) return null;
  let sum = 0;
  for (const score of positives) sum += (1 - score) ** 2;
  for (const score of negatives) sum += score ** 2;
  return ratio(sum, negatives.length + positives.length);
}

/** Rows by probability, with how many of them came true; undefined when the scores are no probabilities. */
export const calibration = (scores: ClassScores) =>
  areProbabilities(scores) ? calibrationBins(scores.positives, scores.negatives) : undefined;

/** Mean of -ln(probability given to the true class); null when the scores are no probabilities. */
export function logLoss({ negatives, positives }: ClassScores): number | null {
  if (!areProbabilities({ negatives, positives })) return null;
  let sum = 0;
  for (const score of positives) sum += loss(score);
  for (const score of negatives) sum += loss(1 - score);
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
    averagePrecision: averagePrecision(scores),
    logLoss: logLoss(scores),
    brier: brierScore(scores),
    calibrationError: calibrationError(calibration(scores)),
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

/** The mean precision at every threshold, by the recall that it adds; null without positive rows. */
export function averagePrecision(scores: ClassScores): number | null {
  const { negatives, positives } = scores;
  if (positives.length === 0) return null;
  let sum = 0;
  let found = 0;
  for (const threshold of thresholds(scores)) {
    const now = positives.length - countBelow(positives, threshold);
    const told = now + negatives.length - countBelow(negatives, threshold);
    sum += ((now - found) / positives.length) * (now / told);
    found = now;
  }
  return sum;
}

/** Some of many thresholds, evenly picked, the last one among them. */
function* pick(distinct: Float64Array, points: number): Generator<number> {
  const steps = Math.min(distinct.length, points);
  for (let step = 1; step <= steps; step += 1) yield distinct[Math.round((step * distinct.length) / steps) - 1] ?? 0;
}

/** From the highest threshold to the lowest; empty without positive rows. */
export function precisionRecallCurve(scores: ClassScores): PrecisionRecallPoint[] {
  const { negatives, positives } = scores;
  if (positives.length === 0) return [];
  return Array.from(pick(thresholds(scores), curvePoints), (threshold) => {
    const found = positives.length - countBelow(positives, threshold);
    const told = found + negatives.length - countBelow(negatives, threshold);
    return { precision: found / told, recall: found / positives.length, threshold };
  });
}

/** The curve from (0, 0) to (1, 1), thinned out evenly when it has too many points; empty with one class only. */
export function rocCurve(scores: ClassScores, most = curvePoints): RocPoint[] {
  const { negatives, positives } = scores;
  if (negatives.length === 0 || positives.length === 0) return [];
  const points = Array.from(pick(thresholds(scores), most - 1), (threshold) => ({
    fpr: 1 - countBelow(negatives, threshold) / negatives.length,
    tpr: 1 - countBelow(positives, threshold) / positives.length,
    threshold,
  }));
  return [{ fpr: 0, tpr: 0 }, ...points];
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
