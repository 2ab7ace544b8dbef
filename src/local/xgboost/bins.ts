import type { ColumnMatrix } from './matrix.ts';

/**
 * Where each feature is cut into bins. Bin b of feature f holds the values below `threshold[start[f] + b]` that are not in an
 * earlier bin; the last threshold of a feature is the largest float32. Missing values are one bin more, `count(f)`.
 */
export interface Cuts {
  readonly start: Int32Array;
  readonly threshold: Float32Array;
}

/** So that a split on the last bin parts the missing values from every other value, also from those not seen in training. */
const ABOVE_ALL = 3.4028234663852886e38;

export function binCount(cuts: Cuts, feature: number): number {
  return (cuts.start[feature + 1] as number) - (cuts.start[feature] as number);
}

/**
 * @param maxBins bins of a feature; one with no more distinct values gets a bin for each, others are cut at quantiles.
 * @param midpoints cut halfway between neighbouring values (XGBoost's exact) rather than at the upper one (its hist).
 */
export function chooseCuts(columns: ColumnMatrix, maxBins: number, midpoints: boolean): Cuts {
  const start = new Int32Array(columns.columns + 1);
  const thresholds: number[] = [];
  const distinct = new Float32Array(maxBins);
  for (let f = 0; f < columns.columns; f++) {
    const values = columns.value.subarray(columns.columnStart[f], columns.columnStart[f + 1]);
    const found = collectDistinct(values, distinct);
    const lowest = found < 0 ? quantiles(values, maxBins) : distinct.subarray(0, found);
    for (let i = 1; i < lowest.length; i++) {
      const below = lowest[i - 1] as number;
      const above = lowest[i] as number;
      const middle = Math.fround((below + above) / 2);
      thresholds.push(midpoints && middle > below ? middle : above);
    }
    if (lowest.length > 0) thresholds.push(ABOVE_ALL);
    start[f + 1] = thresholds.length;
  }
  return { start, threshold: Float32Array.from(thresholds) };
}

/** Fills `into` with the distinct values in ascending order; answers how many, or -1 when they do not fit. */
function collectDistinct(values: Float32Array, into: Float32Array): number {
  let count = 0;
  let last = Number.NaN;
  for (let k = 0; k < values.length; k++) {
    const value = values[k] as number;
    if (value === last) continue;
    last = value;
    const at = upperBound(into, 0, count, value);
    if (at > 0 && into[at - 1] === value) continue;
    if (count === into.length) return -1;
    into.copyWithin(at + 1, at, count);
    into[at] = value;
    count++;
  }
  return count;
}

/** The lowest value of each of at most `maxBins` bins of about equal size. */
function quantiles(values: Float32Array, maxBins: number): Float32Array {
  const sorted = values.slice().sort();
  const lowest = new Float32Array(maxBins);
  let count = 0;
  for (let i = 0; i < maxBins; i++) {
    const value = sorted[Math.floor((i * sorted.length) / maxBins)] as number;
    if (count === 0 || value > (lowest[count - 1] as number)) lowest[count++] = value;
  }
  return lowest.subarray(0, count);
}

/** The first index in `[low, high)` of ascending `values` whose value exceeds `value`. */
function upperBound(values: Float32Array, low: number, high: number, value: number): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if ((values[middle] as number) <= value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** The bins of a data set, a column at a time: columns that no split asks for are never laid out. */
export class BinnedColumns {
  readonly rows: number;
  readonly #matrix: ColumnMatrix;
  readonly #cuts: Cuts;
  readonly #columns: (Uint16Array | undefined)[];

  constructor(matrix: ColumnMatrix, cuts: Cuts) {
    this.rows = matrix.rows;
    this.#matrix = matrix;
    this.#cuts = cuts;
    this.#columns = new Array(matrix.columns);
  }

  /** The bin of every row in the feature, kept for the next time. */
  column(feature: number): Uint16Array {
    const known = this.#columns[feature];
    if (known) return known;
    const column = this.fill(feature, new Uint16Array(this.rows));
    this.#columns[feature] = column;
    return column;
  }

  /** Writes the bin of every row in the feature into `column`, and keeps nothing. */
  fill(feature: number, column: Uint16Array): Uint16Array {
    const { columnStart, row, value } = this.#matrix;
    const { start, threshold } = this.#cuts;
    const first = start[feature] as number;
    const lastThreshold = (start[feature + 1] as number) - 1;
    const from = columnStart[feature] as number;
    const to = columnStart[feature + 1] as number;
    if (to - from < this.rows) column.fill(binCount(this.#cuts, feature));
    let last = Number.NaN;
    let bin = 0;
    for (let k = from; k < to; k++) {
      const v = value[k] as number;
      if (v !== last) {
        last = v;
        bin = upperBound(threshold, first, lastThreshold, v) - first;
      }
      column[row[k] as number] = bin;
    }
    return column;
  }
}
