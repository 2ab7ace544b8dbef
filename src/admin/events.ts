import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { GatewayError } from '../errors.ts';
import { eventSchema } from '../plugins/event-schema.ts';

/** Something whose state can be asked for until it stays. */
export interface Progress<State> {
  poll(): Promise<State>;
  isFinal(state: State): boolean;
  /** Ends the stream early: the gateway closes. */
  readonly closing: AbortSignal;
}

const pollEveryMs = 500;
/** Load balancers drop connections on which nothing moves, most after 60 s. */
const keepAliveMs = 15_000;

/** Kept alive, the connection would keep a closing gateway waiting after its stream has ended. */
const lastOnItsConnection = { connection: 'close' };

const frame = (event: string, data: unknown): string => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** A poll that AWS refuses for the moment says nothing of the state: the next one may. */
const isPassing = (error: unknown): boolean =>
  error instanceof GatewayError && (error.code === 'throttled' || error.code === 'upstream_unavailable');

async function* frames<State>(first: State, { poll, isFinal, closing }: Progress<State>): AsyncGenerator<string> {
  let state = first;
  let sent = '';
  let quietSince = Date.now();
  while (!closing.aborted) {
    if (isFinal(state)) return yield frame('end', state);
    const current = frame('progress', state);
    if (current !== sent || Date.now() - quietSince > keepAliveMs) {
      yield current === sent ? ': still there\n\n' : current;
      sent = current;
      quietSince = Date.now();
    }
    await sleep(pollEveryMs, undefined, { signal: closing }).catch(() => {});
    try {
      state = await poll();
    } catch (error) {
      if (isPassing(error)) continue;
      if (!(error instanceof GatewayError)) throw error;
      return yield frame('error', { code: error.code, detail: error.message });
    }
  }
}

/** Answers with the progress as server-sent events. Fastify ends the stream, and with it the polling, when the client goes. */
export async function sendProgress<State>(reply: FastifyReply, progress: Progress<State>): Promise<FastifyReply> {
  // Before the status line is out, so that a thing that does not exist is a 404.
  const first = await progress.poll();
  return sendEvents(reply, Readable.from(frames(first, progress)));
}

/** Answers with frames of server-sent events. */
export const sendEvents = (reply: FastifyReply, events: Readable): FastifyReply =>
  reply
    .type('text/event-stream')
    .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no', ...lastOnItsConnection })
    .send(events);

/** The response of such a route, for its schema. */
export const eventStream = {
  description:
    'Server-sent events: `progress` with the resource at once and at every change, `end` with its last state; `error` when it cannot be read any more.',
  content: { 'text/event-stream': { schema: eventSchema('progress', 'end', 'error') } },
};
