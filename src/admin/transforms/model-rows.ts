import { isNumeric } from '../datasets/header.ts';
import type { Table } from '../datasets/table.ts';
import { invalidField } from '../invalid.ts';
import { isMissing } from '../training/missing.ts';
import { quoted } from '../training/rearrange.ts';

/** Rows written at once. */
const batchRows = 500;

/**
 * The columns that a model takes, in its order, without a header. Text is passed on for models that take it: XGBoost does not, and says so.
 * @param counted gets the number of rows as they pass
 */
export async function* modelRows(
  table: Table,
  columns: readonly number[],
  counted: { rows: number },
): AsyncGenerator<string> {
  let lines: string[] = [];
  for await (const cells of table.rows()) {
    counted.rows += 1;
    lines.push(columns.map((column) => cellOf(cells[column] ?? '')).join(','));
    if (lines.length < batchRows) continue;
    yield `${lines.join('\n')}\n`;
    lines = [];
  }
  if (counted.rows === 0) throw invalidField('/dataset', 'has no rows');
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}

const cellOf = (cell: string): string => (isNumeric(cell) || isMissing(cell) ? cell : quoted(cell));
