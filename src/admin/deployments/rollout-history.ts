import type { AdminContext } from '../context.ts';
import { type RolloutWork, rolloutsOf } from './rollout-work.ts';

type HistoryContext = Pick<AdminContext, 'rollouts'>;

/** Ids of the rollouts of a deployment, oldest first. */
export const rolloutIds = ({ rollouts }: HistoryContext, deployment: string): Promise<string[]> =>
  rollouts.store.list(rolloutsOf(deployment));

/** The newest rollout of a deployment, under way or over. */
export async function latestRollout(
  context: HistoryContext,
  deployment: string,
): Promise<{ readonly id: string; readonly work: RolloutWork } | undefined> {
  const id = (await rolloutIds(context, deployment)).at(-1);
  const work = id === undefined ? undefined : await context.rollouts.store.find(id);
  return id === undefined || work === undefined ? undefined : { id, work };
}

/** All rollouts of a deployment, oldest first. */
export async function allRollouts(context: HistoryContext, deployment: string): Promise<RolloutWork[]> {
  const ids = await rolloutIds(context, deployment);
  const found = await Promise.all(ids.map((id) => context.rollouts.store.find(id)));
  return found.filter((work) => work !== undefined);
}
