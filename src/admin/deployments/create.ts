import { GatewayError } from '../../errors.ts';
import { versionedName } from '../../predict/manifest.ts';
import { createEndpoint, findEndpoint } from '../../sagemaker/endpoints.ts';
import { unlessThere } from '../../sagemaker/or-nothing.ts';
import type { AdminContext } from '../context.ts';
import { requireRole } from '../role.ts';
import { resolveModel } from './deployable-model.ts';
import { hostingId } from './hosting-work.ts';
import { getDeployment } from './read.ts';
import { isBeingRemoved } from './removal-plan.ts';
import type { Deployment, NewDeployment } from './schema.ts';
import { claimVersion, makeVersion, manifestOf, orRemoved, type VersionManifest } from './version.ts';

/** @throws GatewayError already_exists for a name of the configuration */
export function requireUnconfigured({ config }: Pick<AdminContext, 'config'>, name: string): void {
  if (config.models[name] !== undefined) {
    throw new GatewayError('already_exists', `The configuration has a model "${name}".`);
  }
}

async function requireFreeName(context: AdminContext, name: string): Promise<void> {
  requireUnconfigured(context, name);
  const endpoint = await findEndpoint(context.aws, name);
  const leaving = endpoint?.status === 'Deleting' || (await isBeingRemoved(context, name));
  if (endpoint === undefined && !leaving) return;
  throw leaving
    ? new GatewayError('conflict', `The endpoint "${name}" is still being deleted.`)
    : new GatewayError('already_exists', `There is an endpoint "${name}" already.`);
}

/** Makes the endpoint of a first version; an inference component follows as soon as it can. */
export async function openEndpoint(
  { aws, hostings }: Pick<AdminContext, 'aws' | 'hostings'>,
  { name: deployment, version, inferenceComponent }: Pick<VersionManifest, 'name' | 'version' | 'inferenceComponent'>,
): Promise<void> {
  const create = () => createEndpoint(aws, deployment, versionedName(deployment, version));
  if (inferenceComponent === undefined) return create();
  const hosting = { deployment, version, state: 'Hosting' } as const;
  await hostings.reconciler.begin(hostingId(deployment, version), hosting, async () => {
    await unlessThere(create());
    return { ...hosting };
  });
}

export async function createDeployment(context: AdminContext, request: NewDeployment): Promise<Deployment> {
  const { name } = request;
  requireRole(context.config);
  const manifest = manifestOf(name, await resolveModel(context, request), request);
  await requireFreeName(context, name);
  await claimVersion(context, manifest);
  await orRemoved(context, manifest, async () => {
    await makeVersion(context, manifest);
    await openEndpoint(context, manifest);
  });
  context.models.forget(name);
  return getDeployment(context, name);
}
