import type { WorkStore } from '../work/work-store.ts';
import { rolloutsOf } from './rollout-work.ts';

/** The way of an inference component into service, or out of it with its endpoint, as the replicas pass it on to each other. */
export interface Hosting {
  readonly deployment: string;
  /** Version that it has to begin with. */
  readonly version: string;
  readonly state: 'Hosting' | 'Hosted' | 'Failed' | 'Removing' | 'Removed';
  readonly reason?: string;
}

interface HostingContext {
  readonly hostings: { readonly store: WorkStore<Hosting> };
}

export const hostingId = (deployment: string, version: string): string => `${rolloutsOf(deployment)}${version}`;

export const removalId = (deployment: string, time: Date): string =>
  `${rolloutsOf(deployment)}removal-${time.getTime()}`;

export const isSettled = ({ state }: Hosting): boolean =>
  state === 'Hosted' || state === 'Failed' || state === 'Removed';

/** Whether what had the name is still being taken away. */
export async function isBeingRemoved({ hostings: { store } }: HostingContext, deployment: string): Promise<boolean> {
  const open = await Promise.all((await store.listOpen(rolloutsOf(deployment))).map((id) => store.read(id)));
  return open.some((work) => work?.state.state === 'Removing');
}

/** What is known of components that came into service. @returns where it was */
export async function forgetHostings({ hostings: { store } }: HostingContext, deployment: string): Promise<string[]> {
  return store.forget(rolloutsOf(deployment));
}
