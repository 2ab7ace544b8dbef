import { GatewayError } from '../../errors.ts';
import { type DeploymentManifest, manifestKey } from '../../predict/manifest.ts';
import { findEndpoint, findFleet } from '../../sagemaker/endpoints.ts';
import type { AdminContext } from '../context.ts';
import { mapPage, type Page, type PageQuery } from '../paging.ts';
import type { Deployment } from './schema.ts';

/** Folder of the manifests, with a folder for each deployment. */
export const deploymentsFolder = 'deployments/';

/** Undefined when there is no endpoint of the name, or one that is none of this gateway's. */
async function findDeployment({ aws, workspace }: AdminContext, name: string): Promise<Deployment | undefined> {
  const endpoint = await findEndpoint(aws, name);
  if (!endpoint?.configName.startsWith(`${name}-`)) return undefined;
  const { configName, ...state } = endpoint;
  const version = configName.slice(name.length + 1);
  const [manifest, fleet] = await Promise.all([
    workspace.readJson<DeploymentManifest>(manifestKey(name, version)),
    findFleet(aws, configName),
  ]);
  if (manifest === undefined) return undefined;
  return { ...manifest, ...fleet, ...state, url: `/predict/${name}` };
}

/** @throws GatewayError not_found */
export async function getDeployment(context: AdminContext, name: string): Promise<Deployment> {
  const deployment = await findDeployment(context, name);
  if (deployment === undefined) throw new GatewayError('not_found', `There is no deployment "${name}".`);
  return deployment;
}

export async function listDeployments(context: AdminContext, query: PageQuery): Promise<Page<Deployment>> {
  const names = await context.workspace.list(deploymentsFolder, { folders: true, ...query });
  return mapPage(names, (name) => findDeployment(context, name));
}

const passing = new Set(['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting']);

/** Whether SageMaker is changing it at the moment. */
export const isChanging = ({ status }: { readonly status: string }): boolean => passing.has(status);
