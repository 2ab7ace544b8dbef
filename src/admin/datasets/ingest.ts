import { finished, type Readable } from 'node:stream';
import type { FastifyBaseLogger } from 'fastify';
import { GatewayError } from '../../errors.ts';
import { defined } from '../../sagemaker/defined.ts';
import type { Workspace } from '../../sagemaker/workspace.ts';
import type { InspectedRows } from './made-rows.ts';
import type { Dataset, UploadQuery } from './schema.ts';
import { ShapeInspector } from './shape-inspector.ts';
import { completeDataset, discardDataset, newVersion, rowsKey, showProgress } from './store.ts';

/** What the making of a data set works with. */
export interface Keeper {
  readonly workspace: Workspace;
  readonly log: FastifyBaseLogger;
}

type Known = Pick<Dataset, 'name' | 'delimiter'> &
  Partial<Pick<Dataset, 'uri' | 'from' | 'classes' | 'categories' | 'missing'>>;

/** A new version of which no row has been seen. */
export async function draft(workspace: Workspace, known: Known): Promise<Dataset> {
  const version = newVersion();
  return {
    ...known,
    version,
    status: 'InProgress',
    uri: known.uri ?? (await workspace.uri(rowsKey({ name: known.name, version }))),
    ...{ rows: 0, columns: 0, bytes: 0, header: false, columnNames: [] },
    createdAt: new Date().toISOString(),
  };
}

const withShape = (dataset: Dataset, { shape }: InspectedRows): Dataset => ({
  ...dataset,
  ...shape,
  columns: shape.columnNames.length,
});

/**
 * Takes the rows that come through the inspector for those of a new version: streams them to their place in S3, or, when they lie somewhere
 * already, only past. @throws what is wrong with them; then no row is kept
 */
export async function ingest(
  { workspace, log }: Keeper,
  dataset: Dataset,
  inspector: InspectedRows,
  lies: 'here' | 'elsewhere' = 'here',
): Promise<Dataset> {
  const stop = showProgress(workspace, log, () => withShape(dataset, inspector));
  try {
    if (lies === 'here') await workspace.writeStream(rowsKey(dataset), inspector, 'text/csv');
    else for await (const _chunk of inspector);
  } finally {
    inspector.destroy();
    await stop();
  }
  return completeDataset(workspace, withShape(dataset, inspector), inspector.columns);
}

/** Streams uploaded rows to S3 as a new version. When anything is wrong with them, nothing of them is kept. */
export async function upload(
  keeper: Keeper,
  { name, header, delimiter }: UploadQuery,
  body: Readable,
  maxBytes: number,
): Promise<Dataset> {
  const dataset = await draft(keeper.workspace, { name, delimiter });
  const inspector = new ShapeInspector({ delimiter, header, maxBytes });
  feed(body, inspector);
  try {
    return await ingest(keeper, dataset, inspector);
  } catch (error) {
    await discardDataset(keeper.workspace, dataset);
    throw error;
  }
}

/**
 * As pipe, with errors. pipeline() would destroy the request when its rows are refused, and with it the connection on which the client
 * waits to be told why; so the rest of the body is read and dropped instead.
 */
function feed(body: Readable, inspector: ShapeInspector): void {
  const lost = new GatewayError('malformed_body', 'The upload ended before its body was complete.');
  finished(body, (error) => {
    if (error) inspector.destroy(lost);
  });
  inspector.once('error', () => {});
  inspector.once('close', () => {
    body.unpipe(inspector);
    body.resume();
  });
  body.pipe(inspector);
}

export const inspectorFor = (delimiter: string, header?: boolean): ShapeInspector =>
  new ShapeInspector({ delimiter, maxBytes: Number.POSITIVE_INFINITY, ...defined({ header }) });
