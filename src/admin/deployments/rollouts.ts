import { setTimeout as sleep } from 'node:timers/promises';
import { columnNamesOf } from '../../config/feature.ts';
import { GatewayError } from '../../errors.ts';
import { manifestKey, versionedName } from '../../predict/manifest.ts';
import { ringAlarm } from '../../sagemaker/alarms.ts';
import { defined } from '../../sagemaker/defined.ts';
import { updateEndpoint } from '../../sagemaker/endpoints.ts';
import type { AdminContext } from '../context.ts';
import { invalidField } from '../invalid.ts';
import { requireRole } from '../role.ts';
import { type ComponentSettings, requireSameHosting } from './component.ts';
import { createDeployment, requireUnconfigured } from './create.ts';
import { resolveModel } from './deployable-model.ts';
import { describeDeployment, findLive, type LiveDeployment, requireLive } from './read.ts';
import { alarmName } from './rollout-guard.ts';
import { allRollouts, latestRollout } from './rollout-history.ts';
import { launchRollout } from './rollout-plan.ts';
import { orderOf, type Rollout, type RolloutOrder } from './rollout-schema.ts';
import { holds, isOver, type RolloutWork, rolloutId } from './rollout-work.ts';
import type { Deployment, NewVersion, RollBackOrder } from './schema.ts';
import { claimVersion, makeVersion, manifestOf, orRemoved, type VersionManifest } from './version.ts';

/** @throws GatewayError conflict while anything else changes the deployment */
async function requireQuiet(context: AdminContext, name: string, { endpoint }: LiveDeployment): Promise<void> {
  const latest = await latestRollout(context, name);
  if (latest !== undefined && !isOver(latest.work)) {
    const { version, state } = latest.work;
    const way = state === 'Holding' ? 'promote or abort it first' : 'wait for its end, or abort it';
    throw new GatewayError('conflict', `The rollout of version ${version} of "${name}" is ${state}; ${way}.`);
  }
  // A component that could not be changed can be changed again.
  const updatable = endpoint.status === 'InService' || (endpoint.status === 'Failed' && endpoint.component);
  if (!updatable) {
    throw new GatewayError('conflict', `The deployment "${name}" is ${endpoint.status}, not InService.`);
  }
}

/** Shares that SageMaker takes, of what it moves itself. */
const sharesOf: Partial<Record<RolloutOrder['strategy'], readonly [number, number]>> = {
  canary: [1, 50],
  linear: [10, 50],
  rolling: [5, 50],
};

/** What is ordered for a version. @throws GatewayError for what SageMaker does not take */
export function checkRollout(
  rollout: Rollout,
  settings: Pick<VersionManifest, 'inferenceComponent'>,
  within = '',
): RolloutOrder {
  const order = orderOf(rollout, settings);
  const { strategy, percent } = order;
  if (settings.inferenceComponent !== undefined && strategy !== 'rolling' && strategy !== 'all-at-once') {
    throw invalidField(`${within}/rollout/strategy`, 'must be rolling or all-at-once for an inference component');
  }
  const [least, most] = sharesOf[strategy] ?? [1, 99];
  if (percent >= least && percent <= most) return order;
  throw invalidField(`${within}/rollout/percent`, `must be between ${least} and ${most} for the strategy ${strategy}`);
}

/** @throws GatewayError when versions that would be in service together cannot be */
function requireCompatible({ strategy }: RolloutOrder, live: VersionManifest, next: VersionManifest): void {
  requireSameHosting(live, next);
  if ((live.async === undefined) !== (next.async === undefined) && strategy !== 'all-at-once') {
    throw invalidField('/rollout/strategy', 'must be all-at-once where only one of the versions is asynchronous');
  }
  if (strategy === 'all-at-once' || live.features === undefined || next.features === undefined) return;
  // Rows are arranged before SageMaker chooses who answers.
  if (columnNamesOf(live.features).join() !== columnNamesOf(next.features).join()) {
    throw invalidField(
      '/rollout/strategy',
      'must be all-at-once where the new version takes other columns than the live one: both would get the same rows',
    );
  }
}

interface RolloutStart {
  readonly deployment: string;
  readonly version: string;
  readonly previous: string;
  readonly order: RolloutOrder;
  /** Given for an inference component, with how it is to scale from then on. */
  readonly component?: Pick<ComponentSettings, 'scaling'> | undefined;
}

export function rolloutOf({ order, component, ...start }: RolloutStart, startedAt: Date): RolloutWork {
  const { strategy, percent } = order;
  return {
    ...{ ...start, order, strategy, percent, state: 'Starting', startedAt: startedAt.toISOString() },
    ...(component !== undefined && strategy === 'all-at-once' ? { unguarded: true } : {}),
    ...defined({ scaling: component?.scaling }),
  };
}

async function beginRollout(context: AdminContext, start: RolloutStart): Promise<void> {
  const now = new Date();
  const work = rolloutOf(start, now);
  await context.rollouts.reconciler.begin(rolloutId(start.deployment, now), work, () => launchRollout(context, work));
}

/** Puts a new version over the live one; the first one where there is none. */
export async function putVersion(context: AdminContext, name: string, request: NewVersion): Promise<Deployment> {
  const { rollout, ...settings } = request;
  requireRole(context.config);
  requireUnconfigured(context, name);
  const order = checkRollout(rollout, settings);
  const live = await findLive(context, name);
  if (live === undefined) return createDeployment(context, { name, ...settings });
  const manifest = manifestOf(name, await resolveModel(context, request), request);
  await requireQuiet(context, name, live);
  requireCompatible(order, live.manifest, manifest);
  await claimVersion(context, manifest);
  await orRemoved(context, manifest, async () => {
    await makeVersion(context, manifest);
    const { version, inferenceComponent: component } = manifest;
    await beginRollout(context, { deployment: name, version, previous: live.version, order, component });
  });
  return describeDeployment(context, name);
}

/** Puts an earlier version over the live one. */
export async function rollBack(context: AdminContext, name: string, request: RollBackOrder): Promise<Deployment> {
  const live = await requireLive(context, name);
  const order = checkRollout(request.rollout, live.manifest);
  await requireQuiet(context, name, live);
  const version = request.version ?? (await versionBefore(context, name, live.version));
  const manifest = await context.workspace.readJson<VersionManifest>(manifestKey(name, version));
  if (manifest === undefined || manifest.split !== undefined) {
    throw new GatewayError('not_found', `"${name}" has no version ${version}.`, {
      errors: [{ pointer: '/version', detail: 'names no version of the deployment' }],
    });
  }
  if (version === live.version) throw new GatewayError('conflict', `Version ${version} is live.`);
  requireCompatible(order, live.manifest, manifest);
  // How it scales is no part of a version that was left.
  const component = manifest.inferenceComponent && {};
  await beginRollout(context, { deployment: name, version, previous: live.version, order, component });
  return describeDeployment(context, name);
}

async function versionBefore(context: AdminContext, name: string, live: string): Promise<string> {
  const rollouts = await allRollouts(context, name);
  const arrival = rollouts.findLast(({ version, state }) => version === live && state === 'Completed');
  if (arrival !== undefined) return arrival.previous;
  throw new GatewayError('conflict', `"${name}" had no other version before ${live}; name one in /version.`);
}

/** Gives the new version of a split or shadow all calls. */
export async function promote(context: AdminContext, name: string): Promise<Deployment> {
  const { id, work } = await requireRollout(context, name);
  if (work.state !== 'Holding') {
    const detail = holds(work) ? 'is not in service yet' : 'goes on by itself';
    throw new GatewayError('conflict', `The rollout of version ${work.version} ${detail}.`);
  }
  await updateEndpoint(context.aws, name, versionedName(name, work.version));
  await note(context, id, { state: 'InProgress' });
  return describeDeployment(context, name);
}

/** Goes back to the version before. It may be asked for twice. */
export async function abort(context: AdminContext, name: string): Promise<Deployment> {
  const { id, work } = await requireRollout(context, name);
  const reason = 'It was aborted by request.';
  const known = work.reason === undefined ? { reason } : {};
  if (work.state === 'Holding') {
    await updateEndpoint(context.aws, name, versionedName(name, work.previous));
    await note(context, id, { state: 'InProgress', ...known });
  } else if (holds(work)) {
    throw new GatewayError('conflict', `The rollout of version ${work.version} can be aborted when it is Holding.`);
  } else {
    // Before it rings: the replicas ring it again when they read this.
    await note(context, id, known);
    if (!work.unguarded) await ringAlarm(context.aws, alarmName(work), reason);
  }
  return describeDeployment(context, name);
}

async function requireRollout(context: AdminContext, name: string): Promise<{ id: string; work: RolloutWork }> {
  await requireLive(context, name);
  const latest = await latestRollout(context, name);
  if (latest !== undefined && !isOver(latest.work)) return latest;
  throw new GatewayError('conflict', `No rollout of "${name}" is under way.`);
}

const noteTries = 5;

/** For whoever asks later. A replica that is at it at the same moment has its turn first; one that stays at it knows more. */
async function note(
  { rollouts }: AdminContext,
  id: string,
  news: Partial<Pick<RolloutWork, 'state' | 'reason'>>,
): Promise<void> {
  for (let tries = 0; tries < noteTries; tries += 1) {
    const seen = await rollouts.store.read(id);
    if (seen === undefined || isOver(seen.state)) return;
    const noted = seen.holder === undefined && (await rollouts.store.replace(seen, { ...seen.state, ...news }));
    if (noted) return;
    await sleep(100);
  }
}
