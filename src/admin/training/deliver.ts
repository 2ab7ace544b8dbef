import { GatewayError } from '../../errors.ts';
import { defined } from '../../sagemaker/defined.ts';
import { findEndpoint } from '../../sagemaker/endpoints.ts';
import type { AdminContext } from '../context.ts';
import { checkComponent, requireSameHosting } from '../deployments/component.ts';
import { requireUnconfigured } from '../deployments/create.ts';
import { findLive } from '../deployments/read.ts';
import { checkRollout } from '../deployments/rollouts.ts';
import { requireFeatures } from '../deployments/version.ts';
import { invalidField } from '../invalid.ts';
import type { DeliveryStatus, DeployOrder } from './delivery-schema.ts';
import { deliveryStatus } from './delivery-work.ts';
import { checkGate } from './gate.ts';
import { launchTraining } from './launch.ts';
import type { NewTrainingJob } from './schema.ts';

/** Trains, and writes down before it that the model is to be deployed: from then on any replica carries it through. */
export async function trainAndDeploy(
  context: AdminContext,
  request: NewTrainingJob,
  order: DeployOrder,
): Promise<void> {
  await checkOrder(context, order, request);
  const { deploy: _, ...job } = request;
  const pending = { job, order, state: 'Pending', updatedAt: new Date().toISOString() } as const;
  await context.deliveries.reconciler.begin(request.name, pending, async () => {
    await launchTraining(context, job);
    return { ...pending, state: 'Training', updatedAt: new Date().toISOString() };
  });
}

/** @throws GatewayError for all that would be wrong after the training as well */
async function checkOrder(context: AdminContext, order: DeployOrder, job: NewTrainingJob): Promise<void> {
  const { name, gate, rollout } = order;
  requireUnconfigured(context, name);
  checkComponent(order, '/deploy');
  checkRollout(rollout, order, '/deploy');
  requireFeatures(order, '/deploy');
  if (gate !== undefined) {
    if (order.async !== undefined) throw invalidField('/deploy/gate', 'cannot be given together with /deploy/async');
    await checkGate(context, gate, { ...job, ...defined({ labels: order.labels }) });
  }
  const [endpoint, live] = await Promise.all([findEndpoint(context.aws, name), findLive(context, name)]);
  if (endpoint !== undefined && live === undefined) {
    throw new GatewayError('already_exists', `There is an endpoint "${name}" that is none of this gateway's.`);
  }
  if (live !== undefined) requireSameHosting(live.manifest, order, '/deploy');
}

/** What became of the model of a job; undefined when nothing was to. */
export async function findDelivery(
  { deliveries }: Pick<AdminContext, 'deliveries'>,
  job: string,
): Promise<DeliveryStatus | undefined> {
  const work = await deliveries.store.find(job);
  return work && deliveryStatus(work);
}
