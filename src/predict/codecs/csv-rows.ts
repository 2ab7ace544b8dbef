import { CsvError, parse } from 'csv-parse/sync';
import type { RowFaults } from '../row-faults.ts';
import type { Cell } from '../schemas.ts';

// Leading zeros belong to codes, such as postal ones, which are text.
const number = /^[-+]?(0|[1-9]\d*)?(\.\d+)?(e[-+]?\d+)?$/i;

function toCell(text: string): Cell {
  const trimmed = text.trim();
  if (trimmed === '') return null;
  return number.test(trimmed) && /\d/.test(trimmed) ? Number(trimmed) : text;
}

/**
 * The rows of headerless CSV as values, for models that take them in another format, or whose columns hold text. An empty cell is a missing
 * value. @param isText whether a column holds text also where it looks like a number
 */
export function parseCsvRows(
  body: Buffer,
  isText: (column: number) => boolean,
  pointer: string,
  faults: RowFaults,
): Cell[][] {
  try {
    const rows: string[][] = parse(body, { relax_column_count: true, bom: true });
    return rows.map((row) => row.map((cell, i) => (isText(i) && cell !== '' ? cell : toCell(cell))));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    faults.add(pointer, `is not CSV: ${error.message}`);
    return [];
  }
}
