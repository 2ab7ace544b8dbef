import type { FastifyBaseLogger } from 'fastify';
import type { Aws } from '../../sagemaker/aws.ts';
import { deleteEndpoint, findEndpoint } from '../../sagemaker/endpoints.ts';
import { deleteComponent, findComponent } from '../../sagemaker/inference-components.ts';
import type { AdminContext, AdminOptions } from '../context.ts';
import type { Plan } from '../work/reconciler.ts';
import { type Removal, removalId } from './removal-work.ts';
import { rolloutsOf } from './rollout-work.ts';

/** SageMaker lets go of an endpoint when its component is gone, which takes longer than a caller waits. */
export function removalPlan({ aws, log }: Pick<AdminOptions, 'aws'> & { log: FastifyBaseLogger }): Plan<Removal> {
  return {
    isFinal: ({ state }) => state !== 'Removing',
    leavesNothing: () => true,
    failed(work, reason) {
      log.error({ left: `endpoint/${work.deployment}`, reason }, 'an endpoint could not be deleted');
      return { ...work, state: 'Failed' };
    },
    async next(work) {
      const component = await findComponent(aws, work.deployment);
      return component?.status === 'Deleting' ? undefined : () => remove(aws, work);
    },
  };
}

/** Takes away the component, or when that is gone the endpoint. */
async function remove(aws: Aws, work: Removal): Promise<Removal> {
  if (await deleteComponent(aws, work.deployment)) return { ...work };
  const endpoint = await findEndpoint(aws, work.deployment);
  if (endpoint !== undefined && endpoint.status !== 'Deleting') await deleteEndpoint(aws, work.deployment);
  return { ...work, state: 'Removed' };
}

type RemovalContext = Pick<AdminContext, 'aws' | 'removals'>;

export async function beginRemoval({ aws, removals }: RemovalContext, deployment: string): Promise<void> {
  const removal = { deployment, state: 'Removing' } as const;
  await removals.reconciler.begin(removalId(deployment, new Date()), removal, () => remove(aws, removal));
}

/** Whether what had the name is still being taken away: its end must not meet a new endpoint of the name. */
export const isBeingRemoved = async ({ removals }: Pick<RemovalContext, 'removals'>, name: string): Promise<boolean> =>
  (await removals.store.listOpen(rolloutsOf(name))).length > 0;
