import type { RowFaults } from '../row-faults.ts';

const comma = 0x2c;
const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;

/** Is `[-+]digits[.digits][e[-+]digits]` all that stands there. By hand, since a megabyte of cells must cost milliseconds. */
function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  const skipDigits = () => {
    const from = at;
    while (at < end && isDigit(bytes[at])) at += 1;
    return at - from;
  };
  if (bytes[at] === 0x2b || bytes[at] === 0x2d) at += 1;
  let digits = skipDigits();
  if (at < end && bytes[at] === 0x2e) {
    at += 1;
    digits += skipDigits();
  }
  if (digits === 0) return false;
  if (at < end && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
    at += 1;
    if (bytes[at] === 0x2b || bytes[at] === 0x2d) at += 1;
    if (skipDigits() === 0) return false;
  }
  return at === end;
}

const shown = (bytes: Uint8Array, start: number, end: number): string => {
  const text = Buffer.from(bytes.subarray(start, Math.min(end, start + 40))).toString();
  return JSON.stringify(end - start > 40 ? `${text}…` : text);
};

export interface CsvExpectation {
  /** Columns of the model; rows are checked against it. */
  readonly columns: number;
  /** Name of a column for messages. */
  columnName(index: number): string;
}

/**
 * Counts the rows of headerless CSV and, where the model's columns are known, checks that every row has them and every cell is a number or
 * empty (missing). Rows are numbered from 1; `pointer` is the place of the text in the request.
 */
export function inspectCsv(
  bytes: Uint8Array,
  expected: CsvExpectation | undefined,
  pointer: string,
  faults: RowFaults,
): number {
  let rows = 0;
  let start = 0;
  while (start < bytes.length) {
    const found = bytes.indexOf(newline, start);
    const next = found === -1 ? bytes.length : found;
    const end = next > start && bytes[next - 1] === carriageReturn ? next - 1 : next;
    rows += 1;
    if (expected) inspectRow(bytes, start, end, rows, expected, pointer, faults);
    start = next + 1;
  }
  return rows;
}

function inspectRow(
  bytes: Uint8Array,
  start: number,
  end: number,
  row: number,
  expected: CsvExpectation,
  pointer: string,
  faults: RowFaults,
): void {
  let columns = 0;
  let cell = start;
  for (let at = start; at <= end; at += 1) {
    if (at < end && bytes[at] !== comma) continue;
    let from = cell;
    let to = at;
    while (from < to && bytes[from] === space) from += 1;
    while (to > from && bytes[to - 1] === space) to -= 1;
    if (from < to && !isNumber(bytes, from, to)) {
      const name = columns < expected.columns ? expected.columnName(columns) : `column ${columns + 1}`;
      faults.add(pointer, `row ${row}, ${name}: ${shown(bytes, from, to)} is not a number`);
    }
    columns += 1;
    cell = at + 1;
  }
  if (start === end) faults.add(pointer, `row ${row} is empty`);
  else if (columns !== expected.columns) {
    faults.add(pointer, `row ${row} has ${columns} columns, the model takes ${expected.columns}`);
  }
}

/** A cell of an instance as CSV; text that would break the row is quoted as RFC 4180 has it. */
export function csvCell(value: number | string | boolean | null): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number') return String(value);
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
