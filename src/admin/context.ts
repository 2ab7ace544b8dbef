import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config/schema.ts';
import type { EndpointHealth } from '../predict/endpoint-health.ts';
import type { Aws } from '../sagemaker/aws.ts';
import type { Invoker } from '../sagemaker/invoke.ts';
import type { Workspace } from '../sagemaker/workspace.ts';
import type { Hosting } from './deployments/hosting-work.ts';
import type { Removal } from './deployments/removal-work.ts';
import type { RolloutWork } from './deployments/rollout-work.ts';
import type { Delivery } from './training/delivery.ts';
import type { Reconciler } from './work/reconciler.ts';
import type { WorkStore } from './work/work-store.ts';

/** Work of one kind: where it is written down, and what carries it on. */
export interface WorkLine<State> {
  readonly store: WorkStore<State>;
  readonly reconciler: Reconciler<State>;
}

/** What the data plane remembers of deployed models. */
export interface ModelCache {
  /** The model has changed: look it up again at its next call. */
  forget(name: string): void;
}

/** What the admin routes work with. */
export interface AdminOptions {
  readonly config: Config;
  readonly aws: Aws;
  readonly workspace: Workspace;
  readonly invoker: Invoker;
  readonly models: ModelCache;
  readonly health: EndpointHealth;
}

export interface AdminContext extends AdminOptions {
  readonly rollouts: WorkLine<RolloutWork>;
  /** Inference components on their way into service. */
  readonly hostings: WorkLine<Hosting>;
  /** Endpoints that wait for theirs to be gone. */
  readonly removals: WorkLine<Removal>;
  readonly deliveries: WorkLine<Delivery>;
  readonly log: FastifyBaseLogger;
  /** Fires when the gateway closes: whatever polls or runs in the background ends then. */
  readonly closing: AbortSignal;
}
