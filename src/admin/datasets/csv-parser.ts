import { CsvError, type Options, type Parser, parse } from 'csv-parse';
import { GatewayError } from '../../errors.ts';

/** Longest row in characters, so that a quote that is never closed cannot fill the memory. */
const longestRow = 8 * 1024 * 1024;

/** A streaming parser; how many cells a row has is for its user to check, who knows what was expected. */
export const csvParser = (delimiter: string, options: Options = {}): Parser =>
  parse({
    delimiter,
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: longestRow,
    ...options,
  });

/** What the parser found wrong, as the client's mistake; anything else as it is. */
export const translateCsvError = (error: unknown): unknown =>
  error instanceof CsvError ? new GatewayError('malformed_body', `The CSV cannot be read: ${error.message}.`) : error;

export function raggedRow(row: number, expected: number, got: number): GatewayError {
  const detail = `row ${row} has ${got} columns, expected ${expected}`;
  return new GatewayError('validation_failed', `${detail}.`, { errors: [{ pointer: '', detail }] });
}
