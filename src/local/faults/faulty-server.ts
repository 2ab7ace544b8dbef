import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelRequest, ModelResponse, ModelServer, ModelStream } from '../hosting/model-server.ts';
import { StreamFailure } from '../runtime/stream-failure.ts';
import type { Fault } from './fault.ts';

/** A connection that breaks while the body is on its way. */
export class ConnectionReset extends Error {
  override readonly name = 'ConnectionReset';
}

const broken = ({ kind, message, errorCode = 'StreamBroken' }: Fault): Error =>
  kind === 'reset-midway'
    ? new ConnectionReset('reset on demand')
    : new StreamFailure(errorCode, message ?? 'Stream broken');

/** The body up to so many bytes, and then the fault. */
export async function* breakAfter(body: ModelStream['body'], fault: Fault): AsyncGenerator<Uint8Array> {
  let left = fault.afterBytes ?? 1;
  for await (const piece of body) {
    yield piece.subarray(0, left);
    left -= Math.min(left, piece.length);
    // The next turn, so that what was given is on its way before the end of it.
    if (left === 0) await new Promise(setImmediate);
    if (left === 0) throw broken(fault);
  }
  throw broken(fault);
}

/** A model server with the faults that lie in the model and on the way from it. */
export function faultyServer(server: ModelServer, faults: readonly Fault[]): ModelServer {
  const delay = faults.find(({ kind }) => kind === 'delay');
  const error = faults.find(({ kind }) => kind === 'model-error');
  const breaking = faults.find(({ kind }) => kind === 'stream-break' || kind === 'reset-midway');

  async function refuse({ signal }: ModelRequest): Promise<ModelResponse | undefined> {
    if (delay) await sleep(delay.ms ?? 0, undefined, signal ? { signal } : {});
    if (!error) return undefined;
    const { status = 500, message = 'fault on demand' } = error;
    return { status, contentType: 'text/plain', body: Buffer.from(message) };
  }

  return {
    invoke: async (request) => (await refuse(request)) ?? (await server.invoke(request)),
    async stream(request) {
      const refused = await refuse(request);
      if (refused) return { ...refused, body: [refused.body] };
      const answer = await server.stream(request);
      return breaking ? { ...answer, body: breakAfter(answer.body, breaking) } : answer;
    },
    close: () => server.close(),
  };
}
