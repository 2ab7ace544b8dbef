import { GatewayError } from '../../errors.ts';
import { defined } from '../../sagemaker/defined.ts';
import { parseS3Uri, type S3Location, type Workspace } from '../../sagemaker/workspace.ts';
import { csvParser, raggedRow, translateCsvError } from './csv-parser.ts';
import { columnNames, looksLikeHeader } from './header.ts';
import type { Dataset, OneHotCategory } from './schema.ts';
import { getComplete, referenceTo } from './store.ts';

/** Rows in S3 with names for their columns, to be read as a stream. */
export interface Table {
  /** `name@version` of a data set, or an s3:// URI. */
  readonly reference: string;
  readonly uri: string;
  readonly header: boolean;
  readonly columnNames: readonly string[];
  /** What is known of columns that are categories in one-hot form, where the gateway has made them. */
  readonly categories?: readonly OneHotCategory[];
  /** Values that meant there is none before the rows were prepared, by column; under `*` in every one. */
  readonly missing?: Readonly<Record<string, string[]>>;
  /** The rows without the header, each as long as the columns, some at a time. Stops reading when its consumer does. */
  batches(): AsyncGenerator<string[][]>;
  /** The same one by one. */
  rows(): AsyncGenerator<string[]>;
}

/** Rows as they are parsed, all of a chunk of the object together: handed over one by one they would take twice the time. */
async function* parsed(workspace: Workspace, location: S3Location, delimiter: string): AsyncGenerator<string[][]> {
  let rows: string[][] = [];
  const taken = () => {
    const batch = rows;
    rows = [];
    return batch;
  };
  const parser = csvParser(delimiter, {
    on_record: (cells: string[]) => {
      rows.push(cells);
      return null;
    },
  });
  // Told by the callbacks of write and end as well.
  parser.on('error', () => {});
  parser.resume();
  const written = (chunk: Buffer) =>
    new Promise<void>((resolve, reject) => parser.write(chunk, (error) => (error ? reject(error) : resolve())));
  const ended = () => new Promise<void>((resolve, reject) => parser.once('error', reject).end(() => resolve()));
  const source = await workspace.readStream(location);
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      await written(chunk);
      if (rows.length > 0) yield taken();
    }
    await ended();
    if (rows.length > 0) yield taken();
  } catch (error) {
    throw translateCsvError(error);
  } finally {
    parser.destroy();
    source.destroy();
  }
}

/** What is wrong with data that a request only names is told at the place where it is named. */
function at(pointer: string, error: unknown): unknown {
  if (!(error instanceof GatewayError) || error.statusCode >= 500) return error;
  return new GatewayError(error.code, error.message, { ...error.facts, errors: [{ pointer, detail: error.message }] });
}

interface Source extends Omit<Table, 'rows' | 'batches'> {
  readonly delimiter: string;
}

/** The source of a data set by name, or of any CSV object by its URI. */
async function findSource(workspace: Workspace, reference: string): Promise<Source> {
  if (!reference.startsWith('s3://')) return sourceOf(await getComplete(workspace, reference));
  const delimiter = ',';
  for await (const [first = []] of parsed(workspace, parseS3Uri(reference), delimiter)) {
    const header = looksLikeHeader(first);
    return { reference, uri: reference, header, columnNames: columnNames(first, header), delimiter };
  }
  throw new GatewayError('validation_failed', `${reference} is empty.`);
}

export const sourceOf = (dataset: Dataset): Source => ({ ...dataset, reference: referenceTo(dataset) });

/** Opens a data set or an object. @param pointer where the request names it */
export async function openTable(workspace: Workspace, reference: string, pointer: string): Promise<Table> {
  const source = await findSource(workspace, reference).catch((error: unknown) => {
    throw at(pointer, error);
  });
  return tableOf(workspace, source, pointer);
}

/** The rows of a source. @param pointer where a request names it */
export function tableOf(workspace: Workspace, source: Source, pointer: string): Table {
  const { reference, uri, header, columnNames, delimiter, categories, missing } = source;
  async function* batches(): AsyncGenerator<string[][]> {
    let row = header ? -1 : 0;
    try {
      for await (const batch of parsed(workspace, parseS3Uri(uri), delimiter)) {
        for (const cells of batch) {
          row += 1;
          if (row > 0 && cells.length !== columnNames.length) throw raggedRow(row, columnNames.length, cells.length);
        }
        yield row === batch.length - 1 && header ? batch.slice(1) : batch;
      }
    } catch (error) {
      throw at(pointer, error);
    }
  }
  return {
    ...{ reference, uri, header, columnNames, batches },
    ...defined({ categories, missing }),
    async *rows() {
      for await (const batch of batches()) yield* batch;
    },
  };
}
