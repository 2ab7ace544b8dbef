import type { FastifyBaseLogger } from 'fastify';
import type { Config } from '../config/schema.ts';
import type { Aws } from '../sagemaker/aws.ts';
import type { Invoker } from '../sagemaker/invoke.ts';
import type { Workspace } from '../sagemaker/workspace.ts';

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
}

export interface AdminContext extends AdminOptions {
  readonly log: FastifyBaseLogger;
  /** Fires when the gateway closes: whatever polls or runs in the background ends then. */
  readonly closing: AbortSignal;
}
