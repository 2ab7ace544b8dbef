import { GatewayError } from '../../errors.ts';
import { versionedName } from '../../predict/manifest.ts';
import { deleteAlarm, ringAlarm } from '../../sagemaker/alarms.ts';
import type { Aws } from '../../sagemaker/aws.ts';
import { putCopyScaling } from '../../sagemaker/copy-scaling.ts';
import { type EndpointState, type EndpointUpdate, updateEndpoint } from '../../sagemaker/endpoints.ts';
import { findHosted, type Hosted } from '../../sagemaker/hosted.ts';
import { findScaling, instancesOf } from '../../sagemaker/scaling.ts';
import type { AdminOptions } from '../context.ts';
import type { Plan, Step } from '../work/reconciler.ts';
import { copyTracking } from './component.ts';
import { launchComponent } from './component-rollout.ts';
import { isChanging } from './read.ts';
import { alarmName, guardrailsOf, withAlarm } from './rollout-guard.ts';
import { RolloutJudge } from './rollout-judge.ts';
import { holds, isOver, type RolloutWork } from './rollout-work.ts';
import { makeSplit, splitVersion } from './split.ts';
import { liveVariant } from './version.ts';

type RolloutContext = Pick<AdminOptions, 'aws' | 'workspace' | 'models' | 'health'>;

/** Endpoint configuration that is to be live when SageMaker has done its part. */
export const targetConfig = (work: RolloutWork): string =>
  versionedName(work.deployment, holds(work) ? splitVersion(work.version) : work.version);

/** Tells SageMaker to begin, unless it has begun. */
export async function launchRollout(context: RolloutContext, work: RolloutWork): Promise<RolloutWork> {
  const { aws } = context;
  const { deployment } = work;
  const endpoint = await findHosted(aws, deployment);
  if (endpoint === undefined) throw new GatewayError('not_found', `There is no deployment "${deployment}".`);
  const target = targetConfig(work);
  if (endpoint.configName !== target && endpoint.component !== undefined) {
    await launchComponent(context, work, endpoint.component);
  } else if (endpoint.configName !== target && endpoint.pendingConfigName !== target) {
    // Where instances come and go by themselves, the order's number of them would throw away what the load has asked for.
    const keepInstances = (await findScaling(aws, instancesOf(deployment, liveVariant))) !== undefined;
    if (holds(work)) {
      await makeSplit(context, work);
      await updateEndpoint(aws, deployment, target, { keepInstances });
    } else await launchGuarded(aws, work, { keepInstances });
  }
  return { ...work, state: 'InProgress' };
}

const launchGuarded = (aws: Aws, work: RolloutWork, update: EndpointUpdate): Promise<void> =>
  withAlarm(aws, work, () =>
    updateEndpoint(aws, work.deployment, targetConfig(work), { ...update, guardrails: guardrailsOf(work) }),
  );

/** Traffic reaches the new version; where SageMaker does not say so, it may. */
const isShifting = ({ phase }: EndpointState): boolean =>
  phase === undefined || phase === 'ActivatingTraffic' || phase === 'Baking';

export function rolloutPlan(context: RolloutContext): Plan<RolloutWork> {
  const { aws, models } = context;
  const judge = new RolloutJudge(context.health);

  const ending =
    (work: RolloutWork, state: RolloutWork['state'], reason = work.reason): Step<RolloutWork> =>
    async () => {
      if (!holds(work)) await deleteAlarm(aws, alarmName(work));
      if (state === 'Completed' && work.scaling !== undefined) {
        await putCopyScaling(aws, work.deployment, copyTracking(work.scaling));
      }
      models.forget(work.deployment);
      judge.forget(work);
      return { ...work, state, ...(reason === undefined ? {} : { reason }), endedAt: new Date().toISOString() };
    };

  /** Again, if SageMaker has not heard it: whoever said why may have died before the alarm rang. */
  const ringing =
    (work: RolloutWork): Step<RolloutWork> =>
    async () => {
      await ringAlarm(aws, alarmName(work), work.reason ?? '');
      return work;
    };

  /** While SageMaker works: what the calls say. */
  function whileChanging(work: RolloutWork, endpoint: EndpointState): Step<RolloutWork> | undefined {
    if (endpoint.status === 'RollingBack' || (holds(work) && work.reason !== undefined)) return undefined;
    if (work.reason !== undefined) return work.unguarded ? undefined : ringing(work);
    const reason = judge.verdict(work, { shifting: !holds(work) && isShifting(endpoint) });
    if (reason === undefined) return undefined;
    return async () => {
      if (!work.unguarded) await ringAlarm(aws, alarmName(work), reason);
      return { ...work, reason };
    };
  }

  /** While both versions are in service: what the calls say. */
  function whileHolding(work: RolloutWork): Step<RolloutWork> | undefined {
    const { strategy, deployment, previous } = work;
    const reason = strategy === 'split' ? judge.verdict(work, { shifting: true }) : undefined;
    if (reason === undefined) return undefined;
    return async () => {
      await updateEndpoint(aws, deployment, versionedName(deployment, previous));
      return { ...work, state: 'InProgress', reason };
    };
  }

  function settled(work: RolloutWork, endpoint: Hosted): Step<RolloutWork> | undefined {
    const { deployment, version, previous } = work;
    if (endpoint.configName === versionedName(deployment, version)) {
      if (!work.unguarded || work.reason === undefined) return ending(work, 'Completed');
      return async () => {
        await launchComponent(context, { ...work, version: previous }, endpoint.component);
        return work;
      };
    }
    if (endpoint.configName === targetConfig(work)) {
      if (work.state === 'Holding') return whileHolding(work);
      return async () => {
        models.forget(deployment);
        return { ...work, state: 'Holding' };
      };
    }
    return ending(work, 'RolledBack', work.reason ?? endpoint.failureReason ?? 'SageMaker went back by itself.');
  }

  return {
    isFinal: isOver,
    failed: (work, reason) => ({ ...work, state: 'Failed', reason, endedAt: new Date().toISOString() }),
    async next(work) {
      if (work.state === 'Starting') return () => launchRollout(context, work);
      const endpoint = await findHosted(aws, work.deployment);
      if (endpoint === undefined || endpoint.status === 'Deleting') {
        return ending(work, 'Failed', 'The deployment was deleted.');
      }
      if (endpoint.status === 'InService') return settled(work, endpoint);
      if (isChanging(endpoint)) return whileChanging(work, endpoint);
      return ending(work, 'Failed', endpoint.failureReason ?? `The endpoint is ${endpoint.status}.`);
    },
  };
}
