/** What a model said of the rows of a table. */
export interface Scored {
  /** Scores of a row: 1, or one for each class. */
  readonly outputs: number;
  /** Of all rows, one after the other. */
  readonly values: Float64Array;
}

/** Rows that can be told apart by the value of a column. */
export interface SliceColumn {
  readonly column: string;
  readonly values: readonly string[];
  /** For each row, which of the values. */
  readonly codes: ArrayLike<number>;
}

export interface ScoredTable {
  readonly rows: number;
  /** Index of the class, or the number to be told. */
  readonly truths: Float64Array;
  /** Of each deployment. */
  readonly scored: readonly Scored[];
  readonly slices: readonly SliceColumn[];
}

/** The class that a row is told to be: the one with the highest score; with one score, what that says itself. */
export function toldClass({ outputs, values }: Scored, row: number): number {
  if (outputs === 1) return values[row] ?? 0;
  let best = 0;
  for (let k = 1; k < outputs; k += 1) {
    if ((values[row * outputs + k] ?? 0) > (values[row * outputs + best] ?? 0)) best = k;
  }
  return best;
}

/** The scores of one class. */
export const scoresOf = ({ outputs, values }: Scored, output: number, rows: number): Float64Array =>
  outputs === 1 ? values : Float64Array.from({ length: rows }, (_, row) => values[row * outputs + output] ?? 0);
