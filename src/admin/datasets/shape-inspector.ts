import { Transform, type TransformCallback } from 'node:stream';
import type { Parser } from 'csv-parse';
import { GatewayError } from '../../errors.ts';
import { invalidField } from '../invalid.ts';
import { csvParser, raggedRow, translateCsvError } from './csv-parser.ts';
import { columnNames, isNumeric, looksLikeHeader, repeated } from './header.ts';
import type { CsvShape, InspectedRows } from './made-rows.ts';
import type { ColumnProfile } from './profile-schema.ts';
import { TableProfile } from './table-profile.ts';

export interface InspectionOptions {
  readonly delimiter: string;
  /** Undefined: as the first row looks. */
  readonly header?: boolean | undefined;
  readonly maxBytes: number;
}

const sliceBytes = 16 * 1024;

/** Passes CSV on byte for byte and learns its shape and what stands in its columns on the way; fails on what nothing could be trained with. */
export class ShapeInspector extends Transform implements InspectedRows {
  readonly #options: InspectionOptions;
  readonly #parser: Parser;
  #first: readonly string[] | undefined;
  #header = false;
  #columnNames: string[] = [];
  #profile = new TableProfile(0);
  #rows = 0;
  #bytes = 0;

  constructor(options: InspectionOptions) {
    super();
    this.#options = options;
    this.#parser = csvParser(options.delimiter, {
      // Called for each row in place of an object stream, which would keep them.
      on_record: (cells: string[]) => {
        this.#inspect(cells);
        return null;
      },
    });
    this.#parser.on('error', (error) => this.destroy(translateCsvError(error) as Error));
    this.#parser.resume();
  }

  /** As far as the rows have passed, like the shape: complete when the stream has ended. */
  get columns(): ColumnProfile[] {
    return this.#profile.describe(this.#columnNames);
  }

  get shape(): CsvShape {
    return { header: this.#header, columnNames: this.#columnNames, rows: this.#rows, bytes: this.#bytes };
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const { maxBytes } = this.#options;
    this.#bytes += chunk.byteLength;
    if (this.#bytes > maxBytes) {
      done(new GatewayError('body_too_large', `The body is over the limit of ${maxBytes} bytes.`));
      return;
    }
    this.#parse(chunk, 0, done);
  }

  /** In slices of a millisecond or so: between two of them other requests have their turn. */
  #parse(chunk: Buffer, from: number, done: TransformCallback): void {
    if (from >= chunk.byteLength) {
      done(null, chunk);
      return;
    }
    const to = from + sliceBytes;
    this.#parser.write(chunk.subarray(from, to), (error) => {
      if (!error) setImmediate(() => this.#parse(chunk, to, done));
    });
  }

  override _flush(done: TransformCallback): void {
    this.#parser.end(() => {
      if (this.#rows > 0) done();
      else done(invalidField('', this.#first ? 'has a header but no rows' : 'is empty'));
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#parser.destroy();
    done(error);
  }

  #inspect(cells: readonly string[]): void {
    if (this.#first === undefined) {
      this.#first = cells;
      this.#header = this.#options.header ?? looksLikeHeader(cells);
      this.#columnNames = columnNames(cells, this.#header);
      this.#profile = new TableProfile(cells.length);
      if (this.#header) refuseRepeatedNames(this.#columnNames);
      else this.#count(cells);
      return;
    }
    this.#count(cells);
    if (cells.length !== this.#first.length) throw raggedRow(this.#rows, this.#first.length, cells.length);
    if (this.#rows === 2 && !this.#header) this.#refuseHiddenHeader(this.#first, cells);
  }

  #count(cells: readonly string[]): void {
    this.#rows += 1;
    this.#profile.add(cells);
  }

  /** A header in which names repeat does not look like one; what gives it away is words above numbers. */
  #refuseHiddenHeader(first: readonly string[], second: readonly string[]): void {
    if (this.#options.header === false || first.some(isNumeric)) return;
    if (first.some((cell, index) => cell.trim() !== '' && isNumeric(second[index] ?? ''))) {
      refuseRepeatedNames(columnNames(first, true));
    }
  }
}

function refuseRepeatedNames(names: readonly string[]): void {
  const name = repeated(names);
  if (name !== undefined) throw invalidField('', `has a header in which "${name}" stands twice`);
}
