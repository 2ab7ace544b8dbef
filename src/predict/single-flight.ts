import { GatewayError } from '../errors.ts';
import { keyOf } from './caching.ts';
import type { ModelAnswer, ModelCall, Send } from './call.ts';

const late = (): GatewayError => new GatewayError('upstream_timeout', 'The model did not answer in time.');

/** The answer that another caller waits for already, as long as this caller has time. */
async function share(answer: Promise<ModelAnswer>, { deadline }: ModelCall): Promise<ModelAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), deadline - performance.now());
  });
  try {
    return { ...(await Promise.race([answer, timeout])), cache: { status: 'shared', ageSeconds: 0 } };
  } finally {
    clearTimeout(timer);
  }
}

/** One call for all that ask the same at the same time. When the one who asked first had less time, the others ask again themselves. */
export function singleFlight(next: Send): Send {
  const flying = new Map<string, Promise<ModelAnswer>>();

  return async (call) => {
    if (call.cacheControl !== undefined) return next(call);
    const key = keyOf('', call);
    const first = flying.get(key);
    if (first === undefined) {
      const answer = next(call).finally(() => flying.delete(key));
      flying.set(key, answer);
      return answer;
    }
    try {
      return await share(first, call);
    } catch (error) {
      const timedOut = error instanceof GatewayError && error.code === 'upstream_timeout';
      if (!timedOut || performance.now() >= call.deadline) throw error;
      return next(call);
    }
  };
}
