import { finished, type Readable } from 'node:stream';
import { GatewayError } from '../../errors.ts';
import type { Workspace } from '../../sagemaker/workspace.ts';
import { mapPage, type Page, type PageQuery } from '../paging.ts';
import type { Removed } from '../resource-schema.ts';
import type { Dataset, UploadQuery } from './schema.ts';
import { ShapeInspector } from './shape-inspector.ts';

const folder = 'datasets/';
const rowsKey = (name: string): string => `${folder}${name}/data.csv`;
/** Written last and removed first: a data set exists when this does. */
const recordKey = (name: string): string => `${folder}${name}/dataset.json`;

const find = (workspace: Workspace, name: string) => workspace.readJson<Dataset>(recordKey(name));

/** @throws GatewayError not_found */
export async function getDataset(workspace: Workspace, name: string): Promise<Dataset> {
  const dataset = await find(workspace, name);
  if (dataset === undefined) throw new GatewayError('not_found', `There is no data set "${name}".`);
  return dataset;
}

export async function listDatasets(workspace: Workspace, query: PageQuery): Promise<Page<Dataset>> {
  return mapPage(await workspace.list(folder, { folders: true, ...query }), (name) => find(workspace, name));
}

export async function removeDataset(workspace: Workspace, name: string): Promise<Removed> {
  await getDataset(workspace, name);
  await workspace.remove(recordKey(name));
  await workspace.removeAll(`${folder}${name}/`);
  return { removed: await Promise.all([recordKey(name), rowsKey(name)].map((key) => workspace.uri(key))) };
}

/** Streams the rows to S3 while their shape is learnt. When anything is wrong with them, nothing of them is kept. */
export async function createDataset(
  workspace: Workspace,
  { name, header, delimiter }: UploadQuery,
  upload: Readable,
  maxBytes: number,
): Promise<Dataset> {
  if ((await find(workspace, name)) !== undefined) {
    throw new GatewayError('already_exists', `There is a data set "${name}" already.`);
  }
  const inspector = new ShapeInspector({ delimiter, header, maxBytes });
  feed(upload, inspector);
  try {
    await workspace.writeStream(rowsKey(name), inspector, 'text/csv');
  } finally {
    inspector.destroy();
  }
  const { rows, bytes, ...shape } = inspector.shape;
  const dataset: Dataset = {
    name,
    uri: await workspace.uri(rowsKey(name)),
    rows,
    columns: shape.columnNames.length,
    ...shape,
    delimiter,
    bytes,
    createdAt: new Date().toISOString(),
  };
  await workspace.writeJson(recordKey(name), dataset);
  return dataset;
}

/**
 * As pipe, with errors. pipeline() would destroy the request when its rows are refused, and with it the connection on which the client
 * waits to be told why; so the rest of the body is read and dropped instead.
 */
function feed(upload: Readable, inspector: ShapeInspector): void {
  const lost = new GatewayError('malformed_body', 'The upload ended before its body was complete.');
  finished(upload, (error) => {
    if (error) inspector.destroy(lost);
  });
  inspector.once('error', () => {});
  inspector.once('close', () => {
    upload.unpipe(inspector);
    upload.resume();
  });
  upload.pipe(inspector);
}
