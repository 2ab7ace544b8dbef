import { setTimeout as sleep } from 'node:timers/promises';

/** Longer waits are for load balancers and clients to break. */
const longestWait = 60;

/** Seconds that `Prefer: wait=N` (RFC 7240) asks to wait for; undefined without it. */
export function preferredWait(prefer: string | undefined): number | undefined {
  const [, seconds] = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})/i.exec(prefer ?? '') ?? [];
  return seconds === undefined ? undefined : Math.min(Number(seconds), longestWait);
}

/** What a promise comes to within some seconds; undefined when it takes longer. */
export async function within<T>(seconds: number, outcome: Promise<T>): Promise<T | undefined> {
  const timer = new AbortController();
  try {
    return await Promise.race([outcome, sleep(seconds * 1000, undefined, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
