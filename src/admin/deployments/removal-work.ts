import { rolloutsOf } from './rollout-work.ts';

/** The end of an endpoint that waits for its inference component to be gone, as the replicas pass it on to each other. */
export interface Removal {
  readonly deployment: string;
  readonly state: 'Removing' | 'Removed' | 'Failed';
}

export const removalId = (deployment: string, time: Date): string => `${rolloutsOf(deployment)}${time.getTime()}`;
