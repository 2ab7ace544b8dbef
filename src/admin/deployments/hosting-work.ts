import { rolloutsOf } from './rollout-work.ts';

/** The way of an inference component into service, as the replicas pass it on to each other. */
export interface Hosting {
  readonly deployment: string;
  /** Version that it has to begin with. */
  readonly version: string;
  readonly state: 'Hosting' | 'Hosted' | 'Failed';
  readonly reason?: string;
}

export const hostingId = (deployment: string, version: string): string => `${rolloutsOf(deployment)}${version}`;

export const isHosted = ({ state }: Hosting): boolean => state === 'Hosted' || state === 'Failed';
