import { GatewayError } from '../../errors.ts';
import { versionedName } from '../../predict/manifest.ts';
import { deleteAlarm } from '../../sagemaker/alarms.ts';
import { deleteEndpoint, findEndpoint } from '../../sagemaker/endpoints.ts';
import { removeScaling } from '../../sagemaker/scaling.ts';
import type { AdminContext } from '../context.ts';
import type { Removed } from '../resource-schema.ts';
import { deploymentsFolder, isChanging } from './read.ts';
import { alarmName } from './rollout-plan.ts';
import { holds, rolloutsOf } from './rollout-work.ts';
import { liveVariant, removeVersion } from './version.ts';

/**
 * Removes a deployment with everything that was made for it, in all its versions. A manifest goes last of its version: as long as one is
 * there, a removal that was interrupted can be repeated.
 */
export async function removeDeployment(context: AdminContext, name: string): Promise<Removed> {
  const { aws, models } = context;
  const versions = await listAllVersions(context, name);
  if (versions.length === 0) throw new GatewayError('not_found', `There is no deployment "${name}".`);

  const endpoint = await findEndpoint(aws, name);
  const isOurs = endpoint !== undefined && versions.some((each) => versionedName(name, each) === endpoint.configName);
  if (isOurs && endpoint.status !== 'Deleting' && isChanging(endpoint)) {
    throw new GatewayError(
      'conflict',
      `The deployment "${name}" is ${endpoint.status}; it can be deleted when that is over.`,
    );
  }
  const removed: string[] = [];
  if (isOurs && endpoint.status !== 'Deleting') {
    if (await removeScaling(aws, name, liveVariant)) removed.push(`scalable-target/${name}`);
    if (await deleteEndpoint(aws, name)) removed.push(`endpoint/${name}`);
  }
  models.forget(name);
  removed.push(...(await removeRollouts(context, name)));
  for (const version of versions) removed.push(...(await removeVersion(context, name, version)));
  return { removed };
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
