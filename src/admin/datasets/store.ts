import type { FastifyBaseLogger } from 'fastify';
import { GatewayError } from '../../errors.ts';
import type { Workspace } from '../../sagemaker/workspace.ts';
import { type Collection, listCollection } from '../collection.ts';
import { type Beating, isSilent, replicaGone, stamped, startHeartbeat } from '../heartbeat.ts';
import { timedId } from '../ids.ts';
import type { ListQuery, Page } from '../paging.ts';
import type { Removed } from '../resource-schema.ts';
import type { DatasetProfile } from './profile-schema.ts';
import type { Dataset } from './schema.ts';

type StoredDataset = Dataset & Beating;

const folder = 'datasets/';
const nameFolder = (name: string): string => `${folder}${name}/`;
const versionFolder = (name: string, version: string): string => `${nameFolder(name)}${version}/`;
type Identity = Pick<Dataset, 'name' | 'version'>;

/** Every version has a place of its own, so that uploads under one name at the same time do not meet. */
export const rowsKey = ({ name, version }: Identity): string => `${versionFolder(name, version)}data.csv`;
const recordKey = ({ name, version }: Identity): string => `${versionFolder(name, version)}dataset.json`;
const profileKey = ({ name, version }: Identity): string => `${versionFolder(name, version)}profile.json`;

export const newVersion = (): string => timedId('ms', 2);
export const referenceTo = ({ name, version }: Identity): string => `${name}@${version}`;

function parseReference(reference: string): { name: string; version?: string } {
  const [name = '', version] = reference.split('@');
  return version === undefined ? { name } : { name, version };
}

async function findVersion(workspace: Workspace, identity: Identity): Promise<Dataset | undefined> {
  const stored = await workspace.readJson<StoredDataset>(recordKey(identity));
  if (stored === undefined) return undefined;
  const { heartbeatAt: _beat, ...dataset } = stored;
  return dataset.status === 'InProgress' && isSilent(stored)
    ? { ...dataset, status: 'Failed', failureReason: replicaGone }
    : dataset;
}

/** Ids of all versions, oldest first; some may be of uploads that are not complete, or never will be. */
const versionIds = (workspace: Workspace, name: string): Promise<string[]> =>
  workspace.listAll(nameFolder(name), { folders: true });

/** The newest version of those that are preferred, or when there is none of them the newest of all. */
async function findNewest(
  workspace: Workspace,
  name: string,
  isPreferred: (dataset: Dataset) => boolean = isComplete,
): Promise<Dataset | undefined> {
  let newest: Dataset | undefined;
  for (const version of (await versionIds(workspace, name)).reverse()) {
    const dataset = await findVersion(workspace, { name, version });
    if (dataset !== undefined && isPreferred(dataset)) return dataset;
    newest ??= dataset;
  }
  return newest;
}

const isComplete = ({ status }: Dataset): boolean => status === 'Completed';

async function get(
  workspace: Workspace,
  reference: string,
  isPreferred: (dataset: Dataset) => boolean,
): Promise<Dataset> {
  const { name, version } = parseReference(reference);
  const dataset =
    version === undefined
      ? await findNewest(workspace, name, isPreferred)
      : await findVersion(workspace, { name, version });
  if (dataset === undefined) throw new GatewayError('not_found', `There is no data set "${reference}".`);
  return dataset;
}

/** A data set by its name or `name@version`. @throws GatewayError not_found */
export const getDataset = (workspace: Workspace, reference: string): Promise<Dataset> =>
  get(workspace, reference, isComplete);

/** As getDataset, but by its name alone the version that was begun last, complete or not. */
export const getNewest = (workspace: Workspace, reference: string): Promise<Dataset> =>
  get(workspace, reference, () => true);

/** A data set to work with. @throws GatewayError not_found, or conflict when its rows are not all there */
export async function getComplete(workspace: Workspace, reference: string): Promise<Dataset> {
  const dataset = await getDataset(workspace, reference);
  if (dataset.status === 'Completed') return dataset;
  const why = dataset.failureReason === undefined ? '' : `: ${dataset.failureReason}`;
  throw new GatewayError('conflict', `The data set "${reference}" is ${dataset.status}, not Completed${why}`);
}

export async function getProfile(workspace: Workspace, reference: string): Promise<DatasetProfile> {
  const dataset = await getComplete(workspace, reference);
  const profile = await workspace.readJson<DatasetProfile>(profileKey(dataset));
  if (profile === undefined) throw new GatewayError('not_found', `There is no profile of "${reference}".`);
  return profile;
}

const listed = (nameOf: (dataset: Dataset) => string): Collection<Dataset>['listed'] => {
  return (dataset) => ({
    name: nameOf(dataset),
    status: dataset.status,
    createdAt: dataset.createdAt,
    updatedAt: dataset.completedAt,
  });
};

/**
 * `version/name` of each data set's newest version that has a profile, as complete ones have, or where there is none of its newest: they sort by
 * time, and S3 lists hundreds at once, while a record is a call of its own.
 */
async function newestIds(workspace: Workspace): Promise<string[]> {
  const newest = new Map<string, { readonly version: string; readonly isComplete: boolean }>();
  for (const key of await workspace.listAll(folder)) {
    const [name = '', version = ''] = key.slice(folder.length).split('/');
    const isComplete = key === profileKey({ name, version });
    if (isComplete || !newest.get(name)?.isComplete) newest.set(name, { version, isComplete });
  }
  return [...newest].map(([name, { version }]) => `${version}/${name}`);
}

/** A page of the data sets, each in its newest complete version. */
export async function listDatasets(workspace: Workspace, query: ListQuery): Promise<Page<Dataset>> {
  const { sortBy } = query;
  const nameOf = (id: string): string => id.slice(id.indexOf('/') + 1);
  const datasets: Collection<Dataset> = {
    ids: sortBy === 'name' ? await workspace.listAll(folder, { folders: true }) : await newestIds(workspace),
    idsSortBy: sortBy,
    nameOf,
    read: (id) => findNewest(workspace, nameOf(id)),
    listed: listed(({ name }) => name),
  };
  return listCollection(datasets, query);
}

/** A page of the versions of a data set. @throws GatewayError not_found */
export async function listVersions(workspace: Workspace, name: string, query: ListQuery): Promise<Page<Dataset>> {
  const ids = await versionIds(workspace, name);
  if (ids.length === 0) throw new GatewayError('not_found', `There is no data set "${name}".`);
  const versions: Collection<Dataset> = {
    ids,
    idsSortBy: 'createdAt',
    read: (version) => findVersion(workspace, { name, version }),
    listed: listed(({ version }) => version),
  };
  return listCollection(versions, query);
}

/** Removes a version, or with its name alone all of them. What was registered stays where it is. */
export async function removeDataset(workspace: Workspace, reference: string): Promise<Removed> {
  const { name, version } = parseReference(reference);
  await getDataset(workspace, reference);
  const versions = version === undefined ? await versionIds(workspace, name) : [version];
  const removed: string[] = [];
  for (const id of versions) {
    const record = recordKey({ name, version: id });
    // The record first: a data set exists while it does.
    await workspace.remove(record);
    const others = await workspace.removeAll(versionFolder(name, id));
    removed.push(...[record, ...others].filter((key, index, keys) => keys.indexOf(key) === index));
  }
  return { removed: await Promise.all(removed.map((key) => workspace.uri(key))) };
}

export const writeDataset = (workspace: Workspace, dataset: Dataset): Promise<void> =>
  workspace.writeJson(recordKey(dataset), stamped(dataset));

/** The profile is there before the record says that the data set is complete. */
export async function completeDataset(
  workspace: Workspace,
  dataset: Dataset,
  columns: DatasetProfile['columns'],
): Promise<Dataset> {
  const profile: DatasetProfile = { dataset: referenceTo(dataset), rows: dataset.rows, columns };
  await workspace.writeJson(profileKey(dataset), profile);
  const complete: Dataset = { ...dataset, status: 'Completed', completedAt: new Date().toISOString() };
  await writeDataset(workspace, complete);
  return complete;
}

/** Removes what there is of a version that is not to be. */
export async function discardDataset(workspace: Workspace, { name, version }: Identity): Promise<void> {
  await workspace.removeAll(versionFolder(name, version));
}

/** Shows how far the rows of a version are, again and again. @returns ends it */
export const showProgress = (workspace: Workspace, log: FastifyBaseLogger, now: () => Dataset) =>
  startHeartbeat(() => writeDataset(workspace, now()), log);
