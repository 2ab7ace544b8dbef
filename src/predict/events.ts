import type { ErrorCode } from '../errors.ts';
import type { ModelAnswer } from './call.ts';

/** What is on the way to a model at a moment. */
export interface Load {
  /** Calls that are out. */
  readonly inFlight: number;
  /** Requests that wait for one of them to return. */
  readonly queued: number;
}

export type BreakerState = 'closed' | 'half-open' | 'open';

/** What the pipeline of a model tells whoever watches it. Called for every request: it must cost next to nothing and never throw. */
export interface PipelineEvents {
  /** Said once, when the pipeline is made: how to learn what is on the way now. */
  loadBy(read: () => Load): void;
  /** A breaker was made for an endpoint: how to learn its state now. */
  breakerBy(endpoint: string, read: () => BreakerState): void;
  /** A request has its answer, out of the cache or not. */
  answered(answer: ModelAnswer): void;
  /** A request failed, wherever on the way. */
  failed(code: ErrorCode): void;
  /** A call left with the rows of so many requests. */
  batched(requests: number, rows: number): void;
  retried(): void;
  /** SageMaker answered one try after so long; `code` when it was an error, else the variant that answered, where it is told. */
  upstream(endpoint: string, ms: number, code: ErrorCode | undefined, variant?: string): void;
}
