import { GatewayError } from '../../errors.ts';
import { versionedName } from '../../predict/manifest.ts';
import { deleteEndpoint, deleteEndpointConfig, deleteModel, findEndpoint } from '../../sagemaker/endpoints.ts';
import type { AdminContext } from '../context.ts';
import type { Removed } from '../resource-schema.ts';
import { deploymentsFolder, isChanging } from './read.ts';

/**
 * Removes a deployment with everything that was made for it, in all its versions. The manifests go last: as long as one is there,
 * a removal that was interrupted can be repeated.
 */
export async function removeDeployment(context: AdminContext, name: string): Promise<Removed> {
  const { aws, workspace, models } = context;
  const folder = `${deploymentsFolder}${name}/`;
  const { keys } = await workspace.list(folder);
  if (keys.length === 0) throw new GatewayError('not_found', `There is no deployment "${name}".`);
  const versions = keys.map((key) => versionedName(name, key.slice(folder.length).replace(/\.json$/, '')));

  const endpoint = await findEndpoint(aws, name);
  const isOurs = endpoint !== undefined && versions.includes(endpoint.configName);
  if (isOurs && endpoint.status !== 'Deleting' && isChanging(endpoint)) {
    throw new GatewayError(
      'conflict',
      `The deployment "${name}" is ${endpoint.status}; it can be deleted when that is over.`,
    );
  }
  const removed: string[] = [];
  if (isOurs && endpoint.status !== 'Deleting' && (await deleteEndpoint(aws, name))) removed.push(`endpoint/${name}`);
  models.forget(name);
  for (const versioned of versions) {
    if (await deleteEndpointConfig(aws, versioned)) removed.push(`endpoint-config/${versioned}`);
    if (await deleteModel(aws, versioned)) removed.push(`model/${versioned}`);
  }
  for (const key of await workspace.removeAll(folder)) removed.push(await workspace.uri(key));
  return { removed };
}
