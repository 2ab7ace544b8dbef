import { GatewayError } from '../errors.ts';
import { keyOf } from './caching.ts';
import type { ModelAnswer, ModelCall, Send } from './call.ts';

/** One call for all that ask the same at the same time. When the one who asked first had less time, the others ask again themselves. */
export function singleFlight(next: Send): Send {
  const flying = new Map<string, Promise<ModelAnswer>>();

  async function share(first: Promise<ModelAnswer>, call: ModelCall): Promise<ModelAnswer> {
    const late = new GatewayError('upstream_timeout', 'The model did not answer in time.');
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(reject, call.deadline - performance.now(), late);
    });
    try {
      return { ...(await Promise.race([first, timeout])), cache: { status: 'shared', ageSeconds: 0 } };
    } catch (error) {
      const firstWasLate = error !== late && error instanceof GatewayError && error.code === 'upstream_timeout';
      if (!firstWasLate) throw error;
      return next(call);
    } finally {
      clearTimeout(timer);
    }
  }

  return (call) => {
    if (call.cacheControl !== undefined) return next(call);
    const key = keyOf('', call);
    const first = flying.get(key);
    if (first !== undefined) return share(first, call);
    const answer = next(call).finally(() => flying.delete(key));
    flying.set(key, answer);
    return answer;
  };
}
