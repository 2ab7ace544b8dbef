import { GatewayError } from '../../errors.ts';
import { parseS3Uri, type S3Location, type Workspace } from '../../sagemaker/workspace.ts';
import { csvParser, raggedRow, translateCsvError } from './csv-parser.ts';
import { columnNames, looksLikeHeader } from './header.ts';
import { getDataset } from './store.ts';

/** Rows in S3 with names for their columns, to be read as a stream. */
export interface Table {
  readonly uri: string;
  readonly header: boolean;
  readonly columnNames: readonly string[];
  /** The rows without the header, each as long as the columns. Stops reading when its consumer does. */
  rows(): AsyncGenerator<string[]>;
}

async function* parsed(workspace: Workspace, location: S3Location, delimiter: string): AsyncGenerator<string[]> {
  const source = await workspace.readStream(location);
  const parser = csvParser(delimiter);
  source.once('error', (error) => parser.destroy(error));
  try {
    yield* source.pipe(parser) as AsyncIterable<string[]>;
  } catch (error) {
    throw translateCsvError(error);
  } finally {
    source.destroy();
  }
}

/** What is wrong with data that a request only names is told at the place where it is named. */
function at(pointer: string, error: unknown): unknown {
  if (!(error instanceof GatewayError) || error.statusCode >= 500) return error;
  return new GatewayError(error.code, error.message, { ...error.facts, errors: [{ pointer, detail: error.message }] });
}

interface Source extends Omit<Table, 'rows'> {
  readonly delimiter: string;
}

/** The source of a data set by name, or of any CSV object by its URI. */
async function findSource(workspace: Workspace, reference: string): Promise<Source> {
  if (!reference.startsWith('s3://')) return getDataset(workspace, reference);
  const delimiter = ',';
  for await (const first of parsed(workspace, parseS3Uri(reference), delimiter)) {
    const header = looksLikeHeader(first);
    return { uri: reference, header, columnNames: columnNames(first, header), delimiter };
  }
  throw new GatewayError('validation_failed', `${reference} is empty.`);
}

/** Opens a data set or an object. @param pointer where the request names it */
export async function openTable(workspace: Workspace, reference: string, pointer: string): Promise<Table> {
  const { uri, header, columnNames, delimiter } = await findSource(workspace, reference).catch((error: unknown) => {
    throw at(pointer, error);
  });
  return {
    uri,
    header,
    columnNames,
    async *rows() {
      let row = header ? -1 : 0;
      try {
        for await (const cells of parsed(workspace, parseS3Uri(uri), delimiter)) {
          row += 1;
          if (row === 0) continue;
          if (cells.length !== columnNames.length) throw raggedRow(row, columnNames.length, cells.length);
          yield cells;
        }
      } catch (error) {
        throw at(pointer, error);
      }
    },
  };
}
