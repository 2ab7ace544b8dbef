import { GatewayError } from '../../errors.ts';
import { versionedName } from '../../predict/manifest.ts';
import { createEndpoint, findEndpoint } from '../../sagemaker/endpoints.ts';
import type { AdminContext } from '../context.ts';
import { requireRole } from '../role.ts';
import { resolveModel } from './deployable-model.ts';
import { getDeployment } from './read.ts';
import type { Deployment, NewDeployment } from './schema.ts';
import { claimVersion, makeVersion, manifestOf, orRemoved } from './version.ts';

/** @throws GatewayError already_exists for a name of the configuration */
export function requireUnconfigured({ config }: Pick<AdminContext, 'config'>, name: string): void {
  if (config.models[name] !== undefined) {
    throw new GatewayError('already_exists', `The configuration has a model "${name}".`);
  }
}

async function requireFreeName(context: AdminContext, name: string): Promise<void> {
  requireUnconfigured(context, name);
  const endpoint = await findEndpoint(context.aws, name);
  if (endpoint === undefined) return;
  throw endpoint.status === 'Deleting'
    ? new GatewayError('conflict', `The endpoint "${name}" is still being deleted.`)
    : new GatewayError('already_exists', `There is an endpoint "${name}" already.`);
}

export async function createDeployment(context: AdminContext, request: NewDeployment): Promise<Deployment> {
  const { name } = request;
  requireRole(context.config);
  const manifest = manifestOf(name, await resolveModel(context, request), request);
  await requireFreeName(context, name);
  await claimVersion(context, manifest);
  await orRemoved(context, manifest, async () => {
    await makeVersion(context, manifest);
    await createEndpoint(context.aws, name, versionedName(name, manifest.version));
  });
  context.models.forget(name);
  return getDeployment(context, name);
}
