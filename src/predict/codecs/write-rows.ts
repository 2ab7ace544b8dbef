import type { FlatRow, NamedRow } from '../features/flatten.ts';
import type { RowFormat } from '../media-type.ts';
import { csvCell } from './csv.ts';
import { libsvmLine } from './libsvm.ts';

/** A row as the model's columns, or as the caller named its values when the features are not known. */
export type ModelRow = FlatRow | NamedRow;

/** How a row stands in JSON. */
export type RowForm = 'array' | 'object' | 'features';

function formed(row: ModelRow, form: RowForm, names: readonly string[] | undefined): unknown {
  if (!Array.isArray(row)) return row;
  if (form === 'features') return { features: row };
  return form === 'object' && names ? Object.fromEntries(row.map((cell, i) => [names[i], cell])) : row;
}

const cells = (row: ModelRow): FlatRow => (Array.isArray(row) ? row : Object.values(row));

/** Rows in the format that a model takes. */
export function writeRows(
  rows: readonly ModelRow[],
  format: RowFormat,
  form: RowForm = 'array',
  names?: readonly string[],
): Buffer {
  switch (format) {
    case 'csv':
      return Buffer.from(rows.map((row) => cells(row).map(csvCell).join(',')).join('\n'));
    case 'libsvm':
      return Buffer.from(rows.map((row) => `${libsvmLine(cells(row))}\n`).join(''));
    case 'jsonlines':
      return Buffer.from(rows.map((row) => `${JSON.stringify(formed(row, form, names))}\n`).join(''));
    case 'json':
      return Buffer.from(JSON.stringify({ instances: rows.map((row) => formed(row, form, names)) }));
  }
}
