import { type Readable, Transform, type TransformCallback } from 'node:stream';
import type { ColumnProfile } from './profile-schema.ts';

export interface CsvShape {
  readonly header: boolean;
  readonly columnNames: string[];
  readonly rows: number;
  readonly bytes: number;
}

/** CSV on its way to S3, and what has been learnt of it so far. */
export interface InspectedRows extends Readable {
  readonly shape: CsvShape;
  readonly columns: ColumnProfile[];
}

/** CSV of our own making, whose maker tells what stands in it: it would cost as much to parse it again as to make it. */
export class MadeRows extends Transform implements InspectedRows {
  readonly #header: boolean;
  readonly #columnNames: readonly string[];
  readonly #describe: (names: readonly string[]) => ColumnProfile[];
  /** Counted by the maker; the header is none. */
  rows = 0;
  #bytes = 0;

  constructor(
    { header, columnNames }: { readonly header: boolean; readonly columnNames: readonly string[] },
    describe: (names: readonly string[]) => ColumnProfile[],
  ) {
    super();
    this.#header = header;
    this.#columnNames = columnNames;
    this.#describe = describe;
  }

  get shape(): CsvShape {
    return { header: this.#header, columnNames: [...this.#columnNames], rows: this.rows, bytes: this.#bytes };
  }

  get columns(): ColumnProfile[] {
    return this.#describe(this.#columnNames);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#bytes += chunk.byteLength;
    done(null, chunk);
  }
}
