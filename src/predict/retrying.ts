import { setTimeout as sleep } from 'node:timers/promises';
import { GatewayError } from '../errors.ts';
import type { ModelAnswer, ModelCall, Send } from './call.ts';
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

  async function again(call: ModelCall, failed: unknown): Promise<ModelAnswer> {
    let error = failed;
    for (let attempt = 1; attempt < maxAttempts; attempt += 1) {
      const pause = Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** attempt);
      const safe = error instanceof GatewayError && error.facts.retrySafe === true;
      if (!safe || budget < 1 || performance.now() + pause >= call.deadline) break;
      budget -= 1;
      await sleep(pause);
      events?.retried();
      try {
        return await next(call);
      } catch (another) {
        error = another;
      }
    }
    throw error;
  }

  return (call) => {
    budget = Math.min(burst, budget + budgetPercent / 100);
    return next(call).catch((error) => again(call, error));
  };
}
