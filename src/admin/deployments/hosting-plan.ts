import type { FastifyBaseLogger } from 'fastify';
import { manifestKey, versionedName } from '../../predict/manifest.ts';
import { putCopyScaling } from '../../sagemaker/copy-scaling.ts';
import { deleteEndpoint, findEndpoint } from '../../sagemaker/endpoints.ts';
import { createComponent, deleteComponent, findComponent } from '../../sagemaker/inference-components.ts';
import { unlessThere } from '../../sagemaker/or-nothing.ts';
import type { AdminOptions } from '../context.ts';
import type { Plan, Step } from '../work/reconciler.ts';
import { type ComponentSettings, copyTracking } from './component.ts';
import { type Hosting, isSettled } from './hosting-work.ts';
import { liveVariant, type VersionManifest } from './version.ts';

type HostingContext = Pick<AdminOptions, 'aws' | 'workspace' | 'models'> & { readonly log: FastifyBaseLogger };

/** A component is made when its endpoint is in service, and an endpoint can go when its component has: both take minutes at AWS. */
export function hostingPlan({ aws, workspace, models, log }: HostingContext): Plan<Hosting> {
  const failed = (work: Hosting, reason: string): Hosting => {
    if (work.state === 'Removing')
      log.error({ left: `endpoint/${work.deployment}`, reason }, 'a deployment is not gone');
    return { ...work, state: 'Failed', reason };
  };

  async function settingsOf({ deployment, version }: Hosting): Promise<ComponentSettings> {
    const manifest = await workspace.readJson<VersionManifest>(manifestKey(deployment, version));
    if (manifest?.inferenceComponent === undefined) throw new Error(`A manifest of ${deployment} is gone`);
    return manifest.inferenceComponent;
  }

  async function host(work: Hosting): Promise<Hosting> {
    const { deployment, version } = work;
    const { copies, ...needs } = await settingsOf(work);
    const order = { name: deployment, endpoint: deployment, variant: liveVariant };
    await unlessThere(createComponent(aws, { ...order, model: versionedName(deployment, version), copies, needs }));
    return { ...work };
  }

  async function finish(work: Hosting): Promise<Hosting> {
    const { scaling } = await settingsOf(work);
    if (scaling !== undefined) await putCopyScaling(aws, work.deployment, copyTracking(scaling));
    models.forget(work.deployment);
    return { ...work, state: 'Hosted' };
  }

  async function nextOfHosting(work: Hosting): Promise<Step<Hosting> | undefined> {
    const endpoint = await findEndpoint(aws, work.deployment);
    if (endpoint?.status === 'Creating') return undefined;
    if (endpoint?.status !== 'InService') {
      return async () => failed(work, endpoint?.failureReason ?? `The endpoint is ${endpoint?.status ?? 'gone'}.`);
    }
    const component = await findComponent(aws, work.deployment);
    if (component === undefined) return () => host(work);
    if (component.status === 'InService') return () => finish(work);
    if (component.status === 'Creating' || component.status === 'Updating') return undefined;
    return async () => failed(work, component.failureReason ?? `The inference component is ${component.status}.`);
  }

  async function nextOfRemoval(work: Hosting): Promise<Step<Hosting> | undefined> {
    const component = await findComponent(aws, work.deployment);
    if (component?.status === 'Deleting') return undefined;
    return () => removeHosting(aws, work);
  }

  return {
    isFinal: isSettled,
    leavesNothing: ({ state }) => state === 'Removed',
    failed,
    next: (work) => (work.state === 'Removing' ? nextOfRemoval(work) : nextOfHosting(work)),
  };
}

/** Takes away the component, or when that is gone the endpoint. */
export async function removeHosting(aws: AdminOptions['aws'], work: Hosting): Promise<Hosting> {
  if (await deleteComponent(aws, work.deployment)) return { ...work };
  const endpoint = await findEndpoint(aws, work.deployment);
  if (endpoint !== undefined && endpoint.status !== 'Deleting') await deleteEndpoint(aws, work.deployment);
  return { ...work, state: 'Removed' };
}
