import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import type { Send } from './call.ts';
import type { PipelineEvents } from './events.ts';

export interface RetryPolicy {
  /** Tries in all, the first one included. */
  readonly maxAttempts: number;
  /** Retries allowed for each hundred requests, so that a failing model is not hit with a multiple of the load. */
  readonly budgetPercent: number;
}

const firstPauseMs = 50;
const longestPauseMs = 2_000;
/** Retries that may follow upon a quiet time at once. */
const burst = 10;

/**
 * Tries again what surely did not reach the model: throttled, not ready, 503, a connection that broke before the first byte of an answer. With
 * full jitter, never past the deadline, and within a budget. The retry libraries know no budget across calls.
 */
export function retrying(
  { maxAttempts, budgetPercent }: RetryPolicy,
  next: Send,
  events?: Pick<PipelineEvents, 'retried'>,
): Send {
  let budget = burst;

  return async (call) => {
    budget = Math.min(burst, budget + budgetPercent / 100);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await next(call);
      } catch (error) {
        const pause = Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt);
        const safe = error instanceof GatewayError && error.facts.retrySafe === true;
        if (!safe || attempt >= maxAttempts || budget < 1 || performance.now() + pause >= call.deadline) throw error;
        budget -= 1;
        await sleep(pause);
        events?.retried();
      }
    }
  };
}
