import type { CalibrationBin } from './schema.ts';

const bins = 10;

export const isProbability = (score: number): boolean => score >= 0 && score <= 1;

/** A reliability curve: rows in bins of equal width by their probability. Bins without rows are left out. */
export function calibrationBins(cameTrue: Float64Array, didNot: Float64Array): CalibrationBin[] {
  const rows = new Array<number>(bins).fill(0);
  const sums = new Array<number>(bins).fill(0);
  const hits = new Array<number>(bins).fill(0);
  for (const [scores, hit] of [[cameTrue, 1] as const, [didNot, 0] as const]) {
    for (const score of scores) {
      const bin = Math.min(bins - 1, Math.floor(score * bins));
      rows[bin] = (rows[bin] ?? 0) + 1;
      sums[bin] = (sums[bin] ?? 0) + score;
      hits[bin] = (hits[bin] ?? 0) + hit;
    }
  }
  return rows.flatMap((count, bin) =>
    count === 0
      ? []
      : [
          {
            from: bin / bins,
            to: (bin + 1) / bins,
            rows: count,
            predicted: (sums[bin] ?? 0) / count,
            actual: (hits[bin] ?? 0) / count,
          },
        ],
  );
}

/** Expected calibration error (Naeini et al. 2015): mean distance of probability and outcome, over the rows. */
export function calibrationError(curve: readonly CalibrationBin[] | undefined): number | null {
  const total = curve?.reduce((sum, { rows }) => sum + rows, 0) ?? 0;
  if (curve === undefined || total === 0) return null;
  return curve.reduce((sum, { rows, predicted, actual }) => sum + rows * Math.abs(predicted - actual), 0) / total;
}
