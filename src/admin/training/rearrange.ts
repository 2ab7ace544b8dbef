import { csvLine, isMissing } from '../datasets/cells.ts';
import { isNumeric } from '../datasets/header.ts';
import type { Table } from '../datasets/table.ts';
import { invalidField } from '../invalid.ts';
import type { FeatureProfile } from './feature-profile.ts';

/** Rows written at once. */
const batchRows = 500;

export interface Arrangement {
  /** Positions of the columns to take, label first. */
  readonly columns: readonly number[];
  /** Whether the algorithm takes nothing but numbers. */
  readonly numeric: boolean;
  /** Where the request names the table. */
  readonly pointer: string;
  /** Learns from the rows as they pass. */
  readonly profile?: FeatureProfile | undefined;
}

/**
 * The rows of a table as SageMaker's algorithms take them: label first, no header.
 * @throws GatewayError naming row and column of the first cell that cannot be used
 */
export async function* rearrange(
  table: Table,
  { columns, numeric, pointer, profile }: Arrangement,
): AsyncGenerator<string> {
  const [labelColumn = 0, ...features] = columns;
  let row = 0;
  let lines: string[] = [];
  const refuse = (at: string, column: number, cell: string) =>
    invalidField(
      at,
      `must hold numbers: row ${row}, column "${table.columnNames[column]}" holds "${cell.slice(0, 50)}"`,
    );

  for await (const cells of table.rows()) {
    row += 1;
    const label = cells[labelColumn] ?? '';
    if (!isNumeric(label)) throw refuse('/label', labelColumn, label);
    let line = label;
    for (const column of features) {
      const cell = cells[column] ?? '';
      if (numeric && !isNumeric(cell) && !isMissing(cell)) throw refuse(pointer, column, cell);
      line += `,${numeric ? cell : csvLine([cell])}`;
    }
    profile?.add(cells, features);
    lines.push(line);
    if (lines.length === batchRows) {
      yield `${lines.join('\n')}\n`;
      lines = [];
    }
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}
