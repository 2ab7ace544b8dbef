import { GatewayError } from '../../errors.ts';
import { type Collection, listCollection } from '../collection.ts';
import type { AdminContext } from '../context.ts';
import type { ListQuery, Page } from '../paging.ts';
import { deploymentsFolder, findLive } from './read.ts';
import { allRollouts } from './rollout-history.ts';
import { statusOf } from './rollout-work.ts';
import type { DeploymentVersion } from './schema.ts';
import type { VersionManifest } from './version.ts';

/** A page of the versions of a deployment. @throws GatewayError not_found */
export async function listVersions(
  context: AdminContext,
  name: string,
  query: ListQuery,
): Promise<Page<DeploymentVersion>> {
  const [ids, live, rollouts] = await Promise.all([
    context.workspace.listAll(`${deploymentsFolder}${name}/`),
    findLive(context, name),
    allRollouts(context, name),
  ]);
  if (ids.length === 0) throw new GatewayError('not_found', `There is no deployment "${name}".`);
  const versions: Collection<DeploymentVersion> = {
    ids,
    idsSortBy: 'createdAt',
    async read(key) {
      const manifest = await context.workspace.readJson<VersionManifest>(key);
      if (manifest === undefined || manifest.split !== undefined) return undefined;
      const { version, trainingJob, modelArtifacts, image, createdAt } = manifest;
      return {
        version,
        live: live?.version === version,
        ...(trainingJob === undefined ? {} : { trainingJob }),
        ...{ modelArtifacts, image, createdAt },
        rollouts: rollouts.filter((work) => work.version === version).map(statusOf),
      };
    },
    listed: ({ version, createdAt }) => ({ name: version, createdAt }),
  };
  return listCollection(versions, query);
}
