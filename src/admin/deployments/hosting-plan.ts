import { manifestKey, versionedName } from '../../predict/manifest.ts';
import { putCopyScaling } from '../../sagemaker/copy-scaling.ts';
import { findEndpoint } from '../../sagemaker/endpoints.ts';
import { createComponent, findComponent } from '../../sagemaker/inference-components.ts';
import { unlessThere } from '../../sagemaker/or-nothing.ts';
import type { AdminOptions } from '../context.ts';
import type { Plan } from '../work/reconciler.ts';
import { type ComponentSettings, copyTracking } from './component.ts';
import { type Hosting, isHosted } from './hosting-work.ts';
import { liveVariant, type VersionManifest } from './version.ts';

type HostingContext = Pick<AdminOptions, 'aws' | 'workspace' | 'models'>;

/** A component can be made when its endpoint is in service, and scales when it is in service itself. */
export function hostingPlan({ aws, workspace, models }: HostingContext): Plan<Hosting> {
  const failed = (work: Hosting, reason: string): Hosting => ({ ...work, state: 'Failed', reason });

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

  return {
    isFinal: isHosted,
    failed,
    async next(work) {
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
    },
  };
}
