import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelRequest, ModelServer, ModelServers, ModelStream } from '../../src/local/hosting/model-server.ts';

/** What the body of a request, as JSON, makes the scripted model do. */
export interface Script {
  /** Pieces of the answer, and bytes of each; the bytes count up. */
  pieces?: number;
  bytes?: number;
  /** Before each piece but the first. */
  pauseMs?: number;
  /** From this piece on it waits until it is released. */
  heldFrom?: number;
  /** Breaks off in place of this piece. */
  failAt?: number;
  /** Refuses with this status. */
  status?: number;
}

export const scriptedImage = '000000000000.dkr.ecr.us-east-1.amazonaws.com/scripted:1';

/** A model that streams on demand, and tells what became of it. */
export function scriptedModel() {
  const seen = { calls: 0, pieces: 0, finished: 0, cancelled: 0 };
  const releasing = new AbortController();

  async function* answer(
    { pieces = 1, bytes = 10, pauseMs = 0, heldFrom = Infinity, failAt }: Script,
    signal?: AbortSignal,
  ) {
    let ended = false;
    try {
      const piece = Buffer.from(Array.from({ length: Math.min(bytes, 256) }, (_, at) => at));
      const block = Buffer.alloc(bytes, piece);
      for (let at = 0; at < pieces; at++) {
        if (at > 0 && pauseMs > 0) await sleep(pauseMs, undefined, signal ? { signal } : {});
        if (at >= heldFrom && !releasing.signal.aborted)
          await once(releasing.signal, 'abort', signal ? { signal } : {});
        if (at === failAt) throw new Error('the model broke');
        seen.pieces++;
        yield block;
        // A model never has the process to itself: the other streams come in between.
        await new Promise(setImmediate);
      }
      ended = true;
    } finally {
      if (ended) seen.finished++;
      else seen.cancelled++;
    }
  }

  async function stream({ body, signal, accept }: ModelRequest): Promise<ModelStream> {
    seen.calls++;
    const script = body.length > 0 && body.length < 10_000 ? (JSON.parse(body.toString()) as Script) : {};
    if (script.status !== undefined) {
      return { status: script.status, contentType: 'text/plain', body: [Buffer.from('refused by script')] };
    }
    const contentType = accept === '*/*' ? 'application/x-scripted' : accept;
    return { status: 200, contentType, body: answer(script, signal) };
  }

  const server: ModelServer = {
    stream,
    async invoke(request) {
      const { body, ...head } = await stream(request);
      const pieces: Uint8Array[] = [];
      for await (const piece of body) pieces.push(piece);
      return { ...head, body: Buffer.concat(pieces) };
    },
    close: async () => undefined,
  };
  const modelServers: ModelServers = { [scriptedImage]: async () => server };
  return { seen, modelServers, release: () => releasing.abort() };
}
