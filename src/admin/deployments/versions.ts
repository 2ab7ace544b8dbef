import { GatewayError } from '../../errors.ts';
import type { AdminContext } from '../context.ts';
import { mapPage, type Page, type PageQuery } from '../paging.ts';
import { deploymentsFolder, findLive } from './read.ts';
import { allRollouts } from './rollout-history.ts';
import { statusOf } from './rollout-work.ts';
import type { DeploymentVersion } from './schema.ts';
import type { VersionManifest } from './version.ts';

/** The versions of a deployment, oldest first. @throws GatewayError not_found */
export async function listVersions(
  context: AdminContext,
  name: string,
  query: PageQuery,
): Promise<Page<DeploymentVersion>> {
  const [page, live, rollouts] = await Promise.all([
    context.workspace.list(`${deploymentsFolder}${name}/`, query),
    findLive(context, name),
    allRollouts(context, name),
  ]);
  if (page.keys.length === 0 && query.nextToken === undefined) {
    throw new GatewayError('not_found', `There is no deployment "${name}".`);
  }
  return mapPage(page, async (key) => {
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
  });
}
