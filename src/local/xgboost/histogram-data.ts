import { type BinnedColumns, binCount, type Cuts } from './bins.ts';

/**
 * The training rows as histograms want them. Every bin of every feature has a slot (one more for missing values where the
 * feature has any); a row lists only the slots in which it is not in the feature's most frequent bin. One-hot data so costs
 * a few slots a row rather than one a column, and the most frequent bin's sums follow from the node's totals.
 */
export interface HistogramData {
  readonly rows: number;
  readonly slots: number;
  /** The first slot of each feature. */
  readonly firstSlot: Int32Array;
  /** The slot that rows do not list, per feature. */
  readonly frequentSlot: Int32Array;
  /** The slot of missing values, per feature; -1 where none is missing. */
  readonly missingSlot: Int32Array;
  readonly rowStart: Uint32Array;
  /** Twice the slot: where its gradient sum stands in a histogram, the hessian sum being next to it. */
  readonly entry: Uint32Array;
}

export function toHistogramData(columns: BinnedColumns, cuts: Cuts): HistogramData {
  const { rows } = columns;
  const features = cuts.start.length - 1;
  const firstSlot = new Int32Array(features + 1);
  const frequentSlot = new Int32Array(features);
  const missingSlot = new Int32Array(features).fill(-1);
  const rowStart = new Uint32Array(rows + 1);
  const column = new Uint16Array(rows);
  for (let f = 0; f < features; f++) {
    const bins = binCount(cuts, f);
    const counts = new Uint32Array(bins + 1);
    columns.fill(f, column);
    for (let r = 0; r < rows; r++) {
      const bin = column[r] as number;
      counts[bin] = (counts[bin] as number) + 1;
    }
    const first = firstSlot[f] as number;
    const frequent = indexOfLargest(counts);
    frequentSlot[f] = first + frequent;
    const missing = (counts[bins] as number) > 0;
    if (missing) missingSlot[f] = first + bins;
    firstSlot[f + 1] = first + bins + (missing ? 1 : 0);
    for (let r = 0; r < rows; r++) {
      if (column[r] !== frequent) rowStart[r + 1] = (rowStart[r + 1] as number) + 1;
    }
  }
  for (let r = 0; r < rows; r++) rowStart[r + 1] = (rowStart[r + 1] as number) + (rowStart[r] as number);
  const entry = new Uint32Array(rowStart[rows] as number);
  const cursor = rowStart.slice(0, rows);
  for (let f = 0; f < features; f++) {
    columns.fill(f, column);
    const first = firstSlot[f] as number;
    const frequent = (frequentSlot[f] as number) - first;
    for (let r = 0; r < rows; r++) {
      const bin = column[r] as number;
      if (bin === frequent) continue;
      const at = cursor[r] as number;
      cursor[r] = at + 1;
      entry[at] = 2 * (first + bin);
    }
  }
  return { rows, slots: firstSlot[features] as number, firstSlot, frequentSlot, missingSlot, rowStart, entry };
}

function indexOfLargest(values: Uint32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}
