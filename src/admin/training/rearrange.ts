import { isNumeric } from '../datasets/header.ts';
import type { Table } from '../datasets/table.ts';
import { invalidField } from '../invalid.ts';

/** Rows written at once. */
const batchRows = 500;

/** A missing value: an empty cell, or as pandas and C write it. */
const isMissing = (cell: string): boolean => /^\s*(nan)?\s*$/i.test(cell);

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/**
 * The rows of a table as SageMaker's algorithms take them: the given columns in the given order (label first), no header.
 * @param numeric whether the algorithm takes nothing but numbers
 * @throws GatewayError naming row and column of the first cell that cannot be used
 */
export async function* rearrange(table: Table, columns: readonly number[], numeric: boolean): AsyncGenerator<string> {
  const [labelColumn = 0, ...features] = columns;
  let row = 0;
  let lines: string[] = [];
  const refuse = (pointer: string, column: number, cell: string) =>
    invalidField(
      pointer,
      `must hold numbers: row ${row}, column "${table.columnNames[column]}" holds "${cell.slice(0, 50)}"`,
    );

  for await (const cells of table.rows()) {
    row += 1;
    const label = cells[labelColumn] ?? '';
    if (!isNumeric(label)) throw refuse('/label', labelColumn, label);
    let line = label;
    for (const column of features) {
      const cell = cells[column] ?? '';
      if (numeric && !isNumeric(cell) && !isMissing(cell)) throw refuse('/inputs', column, cell);
      line += `,${numeric ? cell : quoted(cell)}`;
    }
    lines.push(line);
    if (lines.length === batchRows) {
      yield `${lines.join('\n')}\n`;
      lines = [];
    }
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}
