import { manifestKey, versionedName } from '../../predict/manifest.ts';
import { type ComponentState, updateComponent } from '../../sagemaker/inference-components.ts';
import { copiesOf, findScaling } from '../../sagemaker/scaling.ts';
import type { AdminOptions } from '../context.ts';
import { guardrailsOf, withAlarm } from './rollout-guard.ts';
import type { RolloutWork } from './rollout-work.ts';
import type { VersionManifest } from './version.ts';

/** Tells SageMaker to put a version's model into the component of its deployment, batch by batch where it is guarded. */
export async function launchComponent(
  { aws, workspace }: Pick<AdminOptions, 'aws' | 'workspace'>,
  work: RolloutWork,
  state: ComponentState | undefined,
): Promise<void> {
  const { deployment, version } = work;
  const manifest = await workspace.readJson<VersionManifest>(manifestKey(deployment, version));
  if (manifest?.inferenceComponent === undefined) throw new Error(`A manifest of ${deployment} is gone`);
  const { copies, ...needs } = manifest.inferenceComponent;
  // Where copies come and go by themselves, the order's number of them would throw away what the load has asked for.
  const scales = (await findScaling(aws, copiesOf(deployment))) !== undefined;
  const update = { model: versionedName(deployment, version), needs, ...(scales ? {} : { copies }) };
  if (work.unguarded) return updateComponent(aws, deployment, update);
  // Of no copies there are no batches.
  const batches = state?.currentCopies === 0 ? {} : { guardrails: guardrailsOf(work) };
  await withAlarm(aws, work, () => updateComponent(aws, deployment, { ...update, ...batches }));
}
