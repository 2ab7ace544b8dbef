import type { CopyScaling } from './fleet-schema.ts';
import type { RolloutOrder, RolloutStatus } from './rollout-schema.ts';

/** A rollout as the replicas pass it on to each other. */
export interface RolloutWork extends RolloutStatus {
  readonly deployment: string;
  readonly order: RolloutOrder;
  /** SageMaker takes nothing of it back: the gateway goes back when it is over. */
  readonly unguarded?: true;
  /** Of an inference component, from its end on. */
  readonly scaling?: CopyScaling;
}

/** Ids of the rollouts of a deployment begin with it. No name has a dot. */
export const rolloutsOf = (deployment: string): string => `${deployment}.`;

export const rolloutId = (deployment: string, time: Date): string =>
  `${rolloutsOf(deployment)}${time.toISOString().replace(/[-:.]/g, '')}`;

export const isOver = ({ state }: Pick<RolloutStatus, 'state'>): boolean =>
  state === 'Completed' || state === 'RolledBack' || state === 'Failed';

/** Whether both versions stay in service until somebody decides. */
export const holds = ({ strategy }: Pick<RolloutStatus, 'strategy'>): boolean =>
  strategy === 'split' || strategy === 'shadow';

export function statusOf(work: RolloutWork): RolloutStatus {
  const { deployment: _deployment, order: _order, unguarded: _unguarded, scaling: _scaling, ...status } = work;
  return status;
}
