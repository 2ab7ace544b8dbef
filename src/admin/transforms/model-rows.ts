import type { Table } from '../datasets/table.ts';
import type { RowWriter } from '../evaluations/model-input.ts';
import { invalidField } from '../invalid.ts';

/** Rows written at once. */
const batchRows = 500;

/**
 * The columns that a model takes, in its order, without a header. Text is passed on for models that take it: XGBoost does not, and says so.
 * @param counted gets the number of rows as they pass
 */
export async function* modelRows(table: Table, write: RowWriter, counted: { rows: number }): AsyncGenerator<string> {
  let lines: string[] = [];
  for await (const cells of table.rows()) {
    counted.rows += 1;
    lines.push(write(cells, counted.rows));
    if (lines.length < batchRows) continue;
    yield `${lines.join('\n')}\n`;
    lines = [];
  }
  if (counted.rows === 0) throw invalidField('/dataset', 'has no rows');
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}
