import { parseFloatText } from '../../built-in-xgboost/python.ts';
import type { MatrixBuilder } from './matrix.ts';

/** text/csv and text/libsvm, parsed straight from bytes, for training (with labels) and for inference (without). */

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const TAB = 9;
const COLON = 58;
const HASH = 35;
const DIGIT_0 = 48;
const POINT = 46;
const MINUS = 45;

/** Exact doubles, which `10 ** n` need not be. */
const POWERS_OF_TEN = Float64Array.from({ length: 16 }, (_, exponent) => Number(`1e${exponent}`));

/** A text that is not the format it claims to be; `line` counts from 1 within the text handed over. */
export class ParseError extends Error {
  override name = 'ParseError';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

export interface CsvLayout {
  /** The delimiter's character code. */
  readonly delimiter: number;
  /** How many leading cells are not features: 0, 1 (label) or 2 (label, weight). */
  readonly leading: 0 | 1 | 2;
}

/** The column separator of the first line, looked for in the order in which Python's csv.Sniffer prefers them. */
export function sniffDelimiter(bytes: Buffer): number {
  const end = bytes.indexOf(NEWLINE);
  const line = bytes.subarray(0, end < 0 ? bytes.length : end);
  for (const candidate of [',', '\t', ';', ' ', '|']) {
    if (line.toString('latin1').trim().includes(candidate)) return candidate.charCodeAt(0);
  }
  return ','.charCodeAt(0);
}

/** The end of a run of whole lines that starts at `start` and has about `size` bytes. */
export function endOfLines(bytes: Buffer, start: number, size: number): number {
  if (start + size >= bytes.length) return bytes.length;
  const newline = bytes.indexOf(NEWLINE, start + size - 1);
  return newline < 0 ? bytes.length : newline + 1;
}

/**
 * Adds the lines of `bytes[start, end)` to `into`. An empty cell or `nan` is a missing value. Every row must have as many
 * features as the first one in `into`; with leading cells blank lines are passed over.
 * @throws ParseError for a cell that is no finite number and for a row of another length.
 */
export function parseCsv(bytes: Buffer, start: number, end: number, layout: CsvLayout, into: MatrixBuilder): void {
  const { delimiter, leading } = layout;
  let at = start;
  while (at < end) {
    if (leading > 0 && (bytes[at] === NEWLINE || (bytes[at] === RETURN && bytes[at + 1] === NEWLINE))) {
      at += bytes[at] === NEWLINE ? 1 : 2;
      continue;
    }
    let cell = -leading;
    for (;;) {
      let stop = at;
      while (stop < end && bytes[stop] !== delimiter && bytes[stop] !== NEWLINE) stop++;
      const value = parseNumber(bytes, at, stop);
      if (value === undefined || Math.abs(value) === Infinity) throw notANumber(bytes, at, stop, into.rows + 1);
      if (cell >= 0) {
        if (!Number.isNaN(value)) into.push(cell, value);
      } else if (Number.isNaN(value)) {
        throw notANumber(bytes, at, stop, into.rows + 1);
      } else if (cell + leading === 0) {
        into.label(value);
      } else {
        into.weight(value);
      }
      cell++;
      at = stop + 1;
      if (stop >= end || bytes[stop] === NEWLINE) break;
    }
    if (cell < 1 || (into.rows > 0 && cell !== into.columns)) {
      const expected = into.rows > 0 ? into.columns + leading : leading + 1;
      throw new ParseError(into.rows + 1, `expected ${expected} columns, found ${cell + leading}`);
    }
    into.endRow(cell);
  }
}

/**
 * Adds the lines of `bytes[start, end)`, `label[:weight] index:value …`, indices as they stand (XGBoost's indexing_mode 0).
 * Without `labelled` the label may be absent and a blank line is a row without values; with it, blank lines are passed over.
 * `#` starts a comment.
 * @throws ParseError
 */
export function parseLibsvm(bytes: Buffer, start: number, end: number, labelled: boolean, into: MatrixBuilder): void {
  let at = start;
  while (at < end) {
    const newline = bytes.indexOf(NEWLINE, at);
    const lineEnd = newline < 0 || newline > end ? end : newline;
    parseLibsvmLine(bytes, at, lineEnd, labelled, into);
    at = lineEnd + 1;
  }
}

function parseLibsvmLine(bytes: Buffer, start: number, end: number, labelled: boolean, into: MatrixBuilder): void {
  let at = start;
  let tokens = 0;
  let last = -1;
  for (;;) {
    while (at < end && isBlank(bytes[at] as number)) at++;
    if (at >= end || bytes[at] === HASH) break;
    let stop = at;
    let colon = -1;
    while (stop < end && !isBlank(bytes[stop] as number)) {
      if (bytes[stop] === COLON && colon < 0) colon = stop;
      stop++;
    }
    if (tokens === 0 && (labelled || colon < 0)) {
      into.label(finite(bytes, at, colon < 0 ? stop : colon, into));
      if (colon >= 0) into.weight(finite(bytes, colon + 1, stop, into));
    } else {
      const index = colon < 0 ? Number.NaN : (parseNumber(bytes, at, colon) ?? Number.NaN);
      if (!Number.isInteger(index) || index < 0 || index > 0xfffffffe) {
        throw new ParseError(into.rows + 1, `'${bytes.toString('utf8', at, stop)}' is not <index>:<value>`);
      }
      if (index <= last) throw new ParseError(into.rows + 1, `feature indices must ascend: ${index} follows ${last}`);
      last = index;
      const value = parseNumber(bytes, colon + 1, stop);
      if (value === undefined || Math.abs(value) === Infinity) throw notANumber(bytes, colon + 1, stop, into.rows + 1);
      if (!Number.isNaN(value)) into.push(index, value);
    }
    tokens++;
    at = stop;
  }
  if (tokens > 0 || !labelled) into.endRow(last + 1);
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === RETURN;
}

function finite(bytes: Buffer, start: number, end: number, into: MatrixBuilder): number {
  const value = parseNumber(bytes, start, end);
  if (value === undefined || !Number.isFinite(value)) throw notANumber(bytes, start, end, into.rows + 1);
  return value;
}

/** The number in `bytes[start, end)`, NaN if blank, undefined if it is no number. */
function parseNumber(bytes: Buffer, start: number, end: number): number | undefined {
  let at = start;
  const negative = at < end && bytes[at] === MINUS;
  if (negative) at++;
  let mantissa = 0;
  let digits = 0;
  let scale = 0;
  for (; at < end; at++) {
    const byte = bytes[at] as number;
    const digit = byte - DIGIT_0;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      digits++;
      if (scale > 0) scale++;
    } else if (byte === POINT && scale === 0) {
      scale = 1;
    } else {
      break;
    }
  }
  // Up to 15 digits mantissa and power of ten are exact doubles, so one division rounds correctly (Clinger's fast path).
  if (at === end && digits > 0 && digits <= 15) {
    const value = scale > 1 ? mantissa / (POWERS_OF_TEN[scale - 1] as number) : mantissa;
    return negative ? -value : value;
  }
  const text = bytes.toString('utf8', start, end).trim();
  return text === '' ? Number.NaN : parseFloatText(text);
}

function notANumber(bytes: Buffer, start: number, end: number, line: number): ParseError {
  const text = bytes.toString('utf8', start, Math.min(end, start + 200)).replace(/\r$/, '');
  const infinite = Math.abs(parseFloatText(text) ?? 0) === Infinity;
  return new ParseError(
    line,
    infinite ? 'Input data contains `inf` or a value too large' : `could not convert string to float: '${text}'`,
  );
}
