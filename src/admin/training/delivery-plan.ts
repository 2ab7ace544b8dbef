import { GatewayError } from '../../errors.ts';
import { defined } from '../../sagemaker/defined.ts';
import { createEndpointConfig, deleteEndpointConfig } from '../../sagemaker/endpoint-configs.ts';
import { createEndpoint, deleteEndpoint, findEndpoint } from '../../sagemaker/endpoints.ts';
import { unlessThere } from '../../sagemaker/or-nothing.ts';
import { findTrainingJob } from '../../sagemaker/training-jobs.ts';
import type { AdminContext } from '../context.ts';
import { requireSameHosting } from '../deployments/component.ts';
import { openEndpoint } from '../deployments/create.ts';
import { resolveModel } from '../deployments/deployable-model.ts';
import { findLive, findServing, isChanging } from '../deployments/read.ts';
import { launchRollout } from '../deployments/rollout-plan.ts';
import { orderOf } from '../deployments/rollout-schema.ts';
import { rolloutId } from '../deployments/rollout-work.ts';
import { rolloutOf } from '../deployments/rollouts.ts';
import { claimVersion, liveVariant, makeVersion, manifestOf, removeVersion } from '../deployments/version.ts';
import type { EvaluationRunner } from '../evaluations/runner.ts';
import type { Plan, Step } from '../work/reconciler.ts';
import { type Delivery, isVersioned, type Versioned } from './delivery.ts';
import { candidateOf, gateConfigOf, isDelivered, versionOf } from './delivery-work.ts';
import { passGate } from './gate.ts';
import { launchTraining } from './launch.ts';

type DeliveryContext = Omit<AdminContext, 'deliveries'>;

const fail = (work: Delivery, reason: string): Delivery =>
  work.versionedAt === undefined || work.released
    ? { ...work, state: 'Failed', reason }
    : { ...work, state: 'Removing', ending: 'Failed', reason };

/** A step done at a time of its own. */
const dated =
  (step: Step<Delivery>): Step<Delivery> =>
  async () => ({ ...(await step()), updatedAt: new Date().toISOString() });

/** Train, prepare, evaluate, deploy: what a replica has to do next for a model on its way. */
export function deliveryPlan(context: DeliveryContext, runner: EvaluationRunner): Plan<Delivery> {
  const { aws } = context;

  async function afterTraining(work: Delivery): Promise<Step<Delivery> | undefined> {
    const job = await findTrainingJob(aws, work.job.name);
    if (job === undefined) return async () => fail(work, 'The training job is gone.');
    if (job.status === 'Completed') {
      return async () => ({ ...work, state: 'Preparing', versionedAt: new Date().toISOString() });
    }
    if (job.status !== 'Failed' && job.status !== 'Stopped') return undefined;
    return async () =>
      fail(work, `The training job is ${job.status}${job.failureReason ? `: ${job.failureReason}` : '.'}`);
  }

  async function prepare(work: Versioned): Promise<Delivery> {
    const { order, job, versionedAt } = work;
    const manifest = manifestOf(
      order.name,
      await resolveModel(context, { trainingJob: job.name }),
      order,
      new Date(versionedAt),
    );
    await claimVersion(context, manifest);
    await makeVersion(context, manifest);
    if (order.gate === undefined) return { ...work, state: 'Deploying' };
    const config = await candidateConfig(work);
    await unlessThere(createEndpoint(aws, candidateOf(work), config));
    return { ...work, state: 'Evaluating' };
  }

  /** For its evaluation a component is served as any model: without copies to wait for. */
  async function candidateConfig(work: Versioned): Promise<string> {
    const model = candidateOf(work);
    const { inferenceComponent, instanceType } = work.order;
    if (inferenceComponent === undefined) return model;
    const variants = [{ name: liveVariant, model, fleet: { instanceType, instanceCount: 1 } }];
    await unlessThere(createEndpointConfig(aws, { name: gateConfigOf(work), variants }));
    return gateConfigOf(work);
  }

  async function evaluate(work: Versioned): Promise<Step<Delivery> | undefined> {
    const { gate } = work.order;
    const endpoint = await findEndpoint(aws, candidateOf(work));
    if (gate === undefined || endpoint?.status === 'Creating') return undefined;
    if (endpoint?.status === 'InService') return () => passGate(context, runner, work, gate);
    const reason = endpoint?.failureReason ?? `The endpoint is ${endpoint?.status ?? 'gone'}.`;
    return async () => fail(work, `The model could not be evaluated: ${reason}`);
  }

  async function removeCandidate(work: Versioned): Promise<void> {
    const endpoint = await findEndpoint(aws, candidateOf(work));
    if (endpoint !== undefined && endpoint.status !== 'Deleting') await deleteEndpoint(aws, candidateOf(work));
    if (work.order.inferenceComponent !== undefined) await deleteEndpointConfig(aws, gateConfigOf(work));
  }

  async function release(work: Versioned): Promise<Delivery> {
    const { name, inferenceComponent: component } = work.order;
    const order = orderOf(work.order.rollout, work.order);
    await removeCandidate(work);
    const released: Delivery = { ...work, released: true };
    const live = await findServing(context, name);
    if (live === undefined) {
      await unlessThere(
        openEndpoint(context, { name, version: versionOf(work), ...defined({ inferenceComponent: component }) }),
      );
      return released;
    }
    // Made by this step when it was done before.
    if (live.configName === candidateOf(work)) return released;
    if (!live.configName.startsWith(`${name}-`)) {
      throw new GatewayError('already_exists', `There is an endpoint "${name}" that is none of this gateway's.`);
    }
    const { manifest } = (await findLive(context, name)) ?? {};
    if (manifest !== undefined) requireSameHosting(manifest, work.order);
    const startedAt = new Date(work.versionedAt);
    const id = rolloutId(name, startedAt);
    if ((await context.rollouts.store.find(id)) !== undefined) return released;
    if (isChanging(live)) throw new GatewayError('conflict', `The deployment "${name}" is ${live.status}.`);
    const previous = live.configName.slice(name.length + 1);
    const rollout = rolloutOf({ deployment: name, version: versionOf(work), previous, order, component }, startedAt);
    await context.rollouts.reconciler.begin(id, rollout, () => launchRollout(context, rollout));
    return released;
  }

  async function afterRelease(work: Versioned): Promise<Step<Delivery> | undefined> {
    const { name } = work.order;
    const deployed: Step<Delivery> = async () => {
      context.models.forget(name);
      return { ...work, state: 'Deployed' };
    };
    const rollout = await context.rollouts.store.find(rolloutId(name, new Date(work.versionedAt)));
    if (rollout !== undefined) {
      const { state, reason = '' } = rollout;
      if (state === 'Completed' || state === 'Holding') return deployed;
      if (state !== 'RolledBack' && state !== 'Failed') return undefined;
      return async () => ({ ...work, state, reason });
    }
    const endpoint = await findServing(context, name);
    if (endpoint?.status === 'InService') return deployed;
    if (endpoint !== undefined && isChanging(endpoint)) return undefined;
    return async () => fail(work, endpoint?.failureReason ?? `The endpoint is ${endpoint?.status ?? 'gone'}.`);
  }

  async function remove(work: Versioned): Promise<Delivery> {
    await removeCandidate(work);
    await removeVersion(context, work.order.name, versionOf(work));
    return { ...work, state: work.ending ?? 'Failed' };
  }

  async function next(work: Delivery): Promise<Step<Delivery> | undefined> {
    if (work.state === 'Pending') {
      return async () => {
        // Not again when there is a job: it reads the rows at this moment.
        if ((await findTrainingJob(aws, work.job.name)) === undefined)
          await unlessThere(launchTraining(context, work.job));
        return { ...work, state: 'Training' };
      };
    }
    if (!isVersioned(work)) return afterTraining(work);
    if (work.state === 'Preparing') return () => prepare(work);
    if (work.state === 'Evaluating') return evaluate(work);
    if (work.state === 'Removing') return () => remove(work);
    return work.released ? afterRelease(work) : () => release(work);
  }

  return {
    isFinal: isDelivered,
    failed: fail,
    async next(work) {
      const step = await next(work);
      return step && dated(step);
    },
  };
}
