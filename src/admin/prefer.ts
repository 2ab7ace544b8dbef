import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';

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

/** Headers of a request for long work. */
export const PreferWait = Type.Object({
  prefer: Type.Optional(
    Type.String({
      maxLength: 256,
      description: '`wait=N` (RFC 7240): seconds to wait for the outcome, at most 60.',
      examples: ['wait=30'],
    }),
  ),
});

/** Headers of an answer to it. */
export const waitedHeaders = {
  location: { type: 'string', description: 'Path of the resource.' },
  'preference-applied': { type: 'string', description: 'The wait that was granted.' },
};

/**
 * Answers for work that was started: 201 with the outcome when the client waits long enough, else 202 with what it is now.
 * @returns what to send
 */
export async function startedOrFinished<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  { now, finished }: { readonly now: T; readonly finished: Promise<T> },
): Promise<T> {
  const wait = preferredWait(request.headers.prefer?.toString());
  const outcome = wait === undefined ? undefined : await within(wait, finished);
  if (outcome === undefined) {
    reply.code(202);
    return now;
  }
  reply.code(201).header('preference-applied', `wait=${wait}`);
  return outcome;
}
