import { ColumnStats } from './column-stats.ts';
import { type ColumnProfile, mostValues } from './profile-schema.ts';

/** Different values that are kept of all columns together. */
const mostKept = 200_000;
const fewestValues = 100;

/** Learns from rows as they pass what stands in their columns. */
export class TableProfile {
  readonly #columns: readonly ColumnStats[];

  constructor(columns: number) {
    const limit = Math.max(fewestValues, Math.min(mostValues, Math.floor(mostKept / Math.max(1, columns))));
    this.#columns = Array.from({ length: columns }, () => new ColumnStats(limit));
  }

  add(cells: readonly string[]): void {
    for (const [index, column] of this.#columns.entries()) column.add(cells[index] ?? '');
  }

  /** Takes one cell of a column, or so many of the same. */
  addCell(column: number, cell: string, times = 1): void {
    this.#columns[column]?.add(cell, times);
  }

  describe(names: readonly string[]): ColumnProfile[] {
    return this.#columns.map((column, index) => column.describe(names[index] ?? ''));
  }
}
