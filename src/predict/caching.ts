import { hash } from 'node:crypto';
import { ByteLru } from './byte-lru.ts';
import type { ModelAnswer, ModelCall, Send } from './call.ts';

export interface CachePolicy {
  readonly ttlSeconds: number;
  readonly maxBytes: number;
}

interface Kept {
  readonly answer: ModelAnswer;
  readonly since: number;
}

/** What an entry costs beside its body: keys, headers, objects; measured roughly. */
const overheadBytes = 600;

/** All that the answer depends on; the version of the model belongs to it, so a new version starts with an empty cache. */
export const keyOf = (version: string, { endpoint, contentType, accept, headers, body }: ModelCall): string =>
  `${hash('sha256', body)}${hash('sha256', JSON.stringify([version, endpoint, contentType, accept, headers ?? null]))}`;

/** Keeps answers for a time, bounded in bytes. A caller's `no-cache` asks the model anew, `no-store` leaves no trace. */
export function caching(
  { ttlSeconds, maxBytes }: CachePolicy,
  version: () => Promise<string> | string,
  next: Send,
): Send {
  const kept = new ByteLru<Kept>(maxBytes);

  return async (call) => {
    if (call.cacheControl === 'no-store') return { ...(await next(call)), cache: { status: 'bypass', ageSeconds: 0 } };
    const key = keyOf(await version(), call);
    const now = performance.now();
    const hit = call.cacheControl === 'no-cache' ? undefined : kept.get(key);
    if (hit !== undefined && now - hit.since < ttlSeconds * 1_000) {
      const ageSeconds = Math.floor((now - hit.since) / 1_000);
      return { ...hit.answer, upstreamMs: 0, cache: { status: 'hit', ageSeconds } };
    }
    const answer = await next(call);
    // Copied, since it may be a piece of a batch's answer, which would be kept with it.
    const copy = { ...answer, body: Buffer.from(answer.body) };
    kept.set(key, { answer: copy, since: performance.now() }, answer.body.length + overheadBytes);
    return { ...answer, cache: { status: call.cacheControl === 'no-cache' ? 'bypass' : 'miss', ageSeconds: 0 } };
  };
}
