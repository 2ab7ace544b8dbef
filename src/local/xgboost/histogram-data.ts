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
  const column = new Uint16Array(rows);
  const listed: Listed[] = [];
  for (let f = 0; f < features; f++) {
    const bins = binCount(cuts, f);
    const counts = countBins(columns.fill(f, column), bins + 1);
    const first = firstSlot[f] as number;
    const frequent = indexOfLargest(counts);
    const missing = (counts[bins] as number) > 0;
    frequentSlot[f] = first + frequent;
    if (missing) missingSlot[f] = first + bins;
    firstSlot[f + 1] = first + bins + (missing ? 1 : 0);
    listed.push(listOthers(column, frequent, rows - (counts[frequent] as number), first));
  }
  const { rowStart, entry } = byRow(listed, rows);
  return { rows, slots: firstSlot[features] as number, firstSlot, frequentSlot, missingSlot, rowStart, entry };
}

/** The rows of a column that are not in its most frequent bin, and their entries. */
interface Listed {
  readonly row: Uint32Array;
  readonly entry: Uint32Array;
}

function countBins(column: Uint16Array, bins: number): Uint32Array {
  const counts = new Uint32Array(bins);
  for (let r = 0; r < column.length; r++) {
    const bin = column[r] as number;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}

function listOthers(column: Uint16Array, frequent: number, count: number, firstSlot: number): Listed {
  const row = new Uint32Array(count);
  const entry = new Uint32Array(count);
  let at = 0;
  for (let r = 0; r < column.length; r++) {
    const bin = column[r] as number;
    if (bin === frequent) continue;
    row[at] = r;
    entry[at++] = 2 * (firstSlot + bin);
  }
  return { row, entry };
}

function byRow(listed: readonly Listed[], rows: number): { rowStart: Uint32Array; entry: Uint32Array } {
  const rowStart = new Uint32Array(rows + 1);
  for (const { row } of listed) {
    for (let i = 0; i < row.length; i++) {
      const next = (row[i] as number) + 1;
      rowStart[next] = (rowStart[next] as number) + 1;
    }
  }
  for (let r = 0; r < rows; r++) rowStart[r + 1] = (rowStart[r + 1] as number) + (rowStart[r] as number);
  const entry = new Uint32Array(rowStart[rows] as number);
  const cursor = rowStart.slice(0, rows);
  for (const column of listed) {
    for (let i = 0; i < column.row.length; i++) {
      const r = column.row[i] as number;
      const at = cursor[r] as number;
      cursor[r] = at + 1;
      entry[at] = column.entry[i] as number;
    }
  }
  return { rowStart, entry };
}

function indexOfLargest(values: Uint32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best;
}
