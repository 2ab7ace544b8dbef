import type { InvocationResult } from '../sagemaker/invoke.ts';
import type { Trace } from '../tracing/trace.ts';

/** One request to a model on its way through the pipeline. */
export interface ModelCall {
  readonly endpoint: string;
  readonly contentType: string;
  readonly accept: string;
  readonly body: Buffer;
  /** Rows in the body where they can be counted: only then the call can share a batch. */
  readonly rows?: number | undefined;
  /** SageMaker's optional headers by their wire names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** When the answer must be there, on the clock of performance.now(), ms. */
  readonly deadline: number;
  /** What keeps a caller on one side of a traffic split. */
  readonly stickyKey?: string | undefined;
  /** The caller wants a computed answer, not a kept one (`no-cache`), or wants its answer not kept either (`no-store`). */
  readonly cacheControl?: 'no-cache' | 'no-store' | undefined;
  readonly trace?: Trace | undefined;
}

export interface ModelAnswer extends InvocationResult {
  /** Time that SageMaker took for it, ms; 0 for an answer out of the cache. */
  readonly upstreamMs: number;
  readonly cache?: { readonly status: 'hit' | 'miss' | 'shared' | 'bypass'; readonly ageSeconds: number };
}

/** A stage of the pipeline, or all of it. @throws GatewayError */
export type Send = (call: ModelCall) => Promise<ModelAnswer>;
