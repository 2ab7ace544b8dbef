import { GatewayError } from '../errors.ts';
import type { Trace } from '../tracing/trace.ts';
import type { PipelineEvents } from './events.ts';

export interface AdmissionLimits {
  /** Calls to the model at the same time. */
  readonly maxInFlight: number;
  /** Calls that may wait for one of them to return. */
  readonly maxQueue: number;
}

interface Waiting {
  readonly start: () => void;
  readonly expire: NodeJS.Timeout;
}

export const overloaded = (): GatewayError =>
  new GatewayError('overloaded', 'The model has all the requests it can take; this one was not sent.', {
    retryAfter: 1,
  });

export const lateInQueue = (): GatewayError =>
  new GatewayError(
    'upstream_timeout',
    'The time for the request passed while it waited; it was not sent to the model.',
  );

/**
 * At most `maxInFlight` calls at once; the next `maxQueue` wait in order, and past that a call is refused at once rather than piled up. One whose
 * deadline passes while it waits is answered then and never sent.
 */
export function admitting<Call extends { readonly deadline: number; readonly trace?: Trace | undefined }, Answer>(
  { maxInFlight, maxQueue }: AdmissionLimits,
  next: (call: Call) => Promise<Answer>,
  events?: Pick<PipelineEvents, 'loadBy'>,
): (call: Call) => Promise<Answer> {
  const queue: Waiting[] = [];
  let inFlight = 0;
  events?.loadBy(() => ({ inFlight, queued: queue.length }));

  function release(): void {
    inFlight -= 1;
    const waiting = queue.shift();
    if (waiting) {
      clearTimeout(waiting.expire);
      waiting.start();
    }
  }

  function run(call: Call): Promise<Answer> {
    inFlight += 1;
    return next(call).then(
      (answer) => {
        release();
        return answer;
      },
      (error) => {
        release();
        throw error;
      },
    );
  }

  const wait = (call: Call): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const span = call.trace?.begin('queue');
      const waiting: Waiting = {
        start: () => {
          span?.end();
          run(call).then(resolve, reject);
        },
        expire: setTimeout(() => {
          queue.splice(queue.indexOf(waiting), 1);
          const late = lateInQueue();
          span?.end(undefined, late);
          reject(late);
        }, call.deadline - performance.now()),
      };
      queue.push(waiting);
    });

  return (call) => {
    if (inFlight < maxInFlight) return run(call);
    return queue.length < maxQueue ? wait(call) : Promise.reject(overloaded());
  };
}
