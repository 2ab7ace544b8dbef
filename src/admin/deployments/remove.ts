import { GatewayError } from '../../errors.ts';
import { versionedName } from '../../predict/manifest.ts';
import { deleteAlarm } from '../../sagemaker/alarms.ts';
import { removeCopyScaling } from '../../sagemaker/copy-scaling.ts';
import { deleteEndpoint } from '../../sagemaker/endpoints.ts';
import type { Hosted } from '../../sagemaker/hosted.ts';
import { instancesOf, removeScaling } from '../../sagemaker/scaling.ts';
import type { AdminContext } from '../context.ts';
import type { Removed } from '../resource-schema.ts';
import { deploymentsFolder, findServing, isChanging } from './read.ts';
import { beginRemoval } from './removal-plan.ts';
import { alarmName } from './rollout-guard.ts';
import { holds, rolloutsOf } from './rollout-work.ts';
import { liveVariant, removeVersion } from './version.ts';

/**
 * Removes a deployment with everything that was made for it, in all its versions. A manifest goes last of its version: as long as one is
 * there, a removal that was interrupted can be repeated.
 */
export async function removeDeployment(context: AdminContext, name: string): Promise<Removed> {
  const { models } = context;
  const versions = await listAllVersions(context, name);
  if (versions.length === 0) throw new GatewayError('not_found', `There is no deployment "${name}".`);

  const endpoint = await findServing(context, name);
  const isOurs = endpoint !== undefined && versions.some((each) => versionedName(name, each) === endpoint.configName);
  if (isOurs && endpoint.status !== 'Deleting' && isChanging(endpoint)) {
    throw new GatewayError(
      'conflict',
      `The deployment "${name}" is ${endpoint.status}; it can be deleted when that is over.`,
    );
  }
  const removed: string[] = [];
  if (isOurs && endpoint.status !== 'Deleting') {
    removed.push(...(await (endpoint.hostsComponents ? removeComponent : removeEndpoint)(context, name, endpoint)));
  }
  models.forget(name);
  removed.push(...(await removeRollouts(context, name)), ...(await forgetHostings(context, name)));
  for (const version of versions) removed.push(...(await removeVersion(context, name, version)));
  return { removed };
}

async function removeEndpoint({ aws }: AdminContext, name: string): Promise<string[]> {
  const scaled = await removeScaling(aws, instancesOf(name, liveVariant));
  const there = await deleteEndpoint(aws, name);
  return [...(scaled ? [`scalable-target/${name}`] : []), ...(there ? [`endpoint/${name}`] : [])];
}

async function removeComponent(context: AdminContext, name: string, { component }: Hosted): Promise<string[]> {
  const removed = await removeCopyScaling(context.aws, name);
  await beginRemoval(context, name);
  return [...removed, ...(component === undefined ? [] : [`inference-component/${name}`]), `endpoint/${name}`];
}

async function listAllVersions({ workspace }: AdminContext, name: string): Promise<string[]> {
  const folder = `${deploymentsFolder}${name}/`;
  return (await workspace.listAll(folder)).map((key) => key.slice(folder.length).replace(/\.json$/, ''));
}

/** What is known of rollouts, with the alarms of those under way. */
async function removeRollouts({ aws, rollouts: { store } }: AdminContext, name: string): Promise<string[]> {
  const removed: string[] = [];
  for (const id of await store.listOpen(rolloutsOf(name))) {
    const work = await store.read(id);
    if (work !== undefined && !holds(work.state) && (await deleteAlarm(aws, alarmName(work.state)))) {
      removed.push(`alarm/${alarmName(work.state)}`);
    }
    await store.discard(id);
  }
  return [...removed, ...(await store.forget(rolloutsOf(name)))];
}

async function forgetHostings({ hostings: { store } }: AdminContext, name: string): Promise<string[]> {
  for (const id of await store.listOpen(rolloutsOf(name))) await store.discard(id);
  return store.forget(rolloutsOf(name));
}
