import {
  BrokenCircuitError,
  CircuitState,
  circuitBreaker,
  handleWhen,
  IsolatedCircuitError,
  SamplingBreaker,
} from 'cockatiel';
import { GatewayError } from '../errors.ts';
import type { Send } from './call.ts';
import type { BreakerState } from './events.ts';

export interface BreakerPolicy {
  /** Share of failures, percent, from which on the endpoint is left alone. */
  readonly failurePercent: number;
  /** For how long, ms; then one request tries it. */
  readonly openMs: number;
}

/** The time over which failures are counted, ms, and the least requests a second for the share to mean something. */
const window = 10_000;
const minimumRps = 2;

/** Failures of the endpoint itself. A model's refusal of some rows, or throttling, says nothing of its health. */
const isEndpointFailure = (error: Error): boolean =>
  error instanceof GatewayError && (error.code === 'upstream_unavailable' || error.code === 'upstream_timeout');

/** A circuit breaker for one endpoint: while most calls fail it answers 503 at once and gives the endpoint time to recover. */
export function breaking(
  { failurePercent, openMs }: BreakerPolicy,
  next: Send,
  watch?: (state: () => BreakerState) => void,
): Send {
  const policy = circuitBreaker(handleWhen(isEndpointFailure), {
    halfOpenAfter: openMs,
    breaker: new SamplingBreaker({ threshold: failurePercent / 100, duration: window, minimumRps }),
  });
  let openedAt = 0;
  policy.onBreak(() => {
    openedAt = performance.now();
  });
  watch?.(() => {
    if (policy.state === CircuitState.Closed) return 'closed';
    // cockatiel leaves it open until the next call comes; yet an endpoint that nobody calls any more is not kept from anybody.
    return policy.state === CircuitState.HalfOpen || performance.now() - openedAt >= openMs ? 'half-open' : 'open';
  });

  return async (call) => {
    try {
      return await policy.execute(() => next(call));
    } catch (error) {
      if (error instanceof BrokenCircuitError || error instanceof IsolatedCircuitError) {
        throw new GatewayError(
          'upstream_unavailable',
          'The endpoint failed for most of the last requests and is left alone for a while.',
          {
            retryAfter: Math.ceil(openMs / 1_000),
          },
        );
      }
      throw error;
    }
  };
}
