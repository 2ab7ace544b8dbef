import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { InvokeEndpointWithResponseStreamCommand } from '@aws-sdk/client-sagemaker-runtime';
import t, { type Test } from 'tap';
import { GatewayError } from '../../../src/errors.ts';
import { PassedEventStream } from '../../../src/predict/wire/passed-event-stream.ts';
import { openWire, part, streamHeaders } from './open-wire.ts';

/** How long what is on its way may take, ms: less than any of it takes. */
const drainMs = 100;
const stopped = 'The gateway is being stopped.';

type Gateway = Awaited<ReturnType<typeof openWire>>;
/** Reads a stream to its end, which it has however it ends; tells of each piece. */
type Read<Seen> = (gateway: Gateway, onPiece: () => void) => Promise<Seen>;

/** What an SDK makes of it: the pieces, and what was thrown after them. */
const bySdk: Read<{ pieces: string[]; error: Error | undefined }> = async ({ sdk }, onPiece) => {
  const pieces: string[] = [];
  try {
    const command = new InvokeEndpointWithResponseStreamCommand({ EndpointName: 'bank', Body: 'x' });
    for await (const { PayloadPart } of (await sdk.send(command)).Body ?? []) {
      pieces.push(Buffer.from(PayloadPart?.Bytes ?? []).toString());
      onPiece();
    }
  } catch (error) {
    return { pieces, error: error as Error };
  }
  return { pieces, error: undefined };
};

/** The bytes of it, and whether it broke off. */
const asBytes: Read<{ bytes: Buffer; broken: boolean }> = async ({ post }, onPiece) => {
  const pieces: Uint8Array[] = [];
  let broken = false;
  try {
    for await (const piece of (await post('bank/invocations-response-stream')).body ?? []) {
      pieces.push(piece);
      onPiece();
    }
  } catch {
    broken = true;
  }
  return { bytes: Buffer.concat(pieces), broken };
};

/** A gateway before a stream that begins with these bytes; its time is over when the first piece has been read. */
async function drainStream<Seen>(t: Test, bytes: Buffer, read: Read<Seen>) {
  const gateway = await openWire(t);
  const { app, failures } = gateway;
  let answer: ServerResponse | undefined;
  let left: Promise<unknown> | undefined;
  gateway.upstream.answerWith((response) => {
    answer = response;
    left = once(response, 'close');
    response.writeHead(200, streamHeaders).write(bytes);
  });
  let finished: Promise<number> | undefined;
  const seen = read(gateway, () => {
    finished ??= app.lifecycle.finish(drainMs);
  });
  await once(app.lifecycle.timeUp, 'abort');
  return {
    seen,
    failures,
    upstream: answer as ServerResponse,
    /** Resolves when nobody is served any more, and nobody asked. */
    over: async () => {
      t.equal(await finished, 1);
      await left;
      await app.close();
    },
  };
}

t.test('a stream past the time to drain ends as its protocol says', async (t) => {
  const { seen, over, failures } = await drainStream(t, part('one'), bySdk);
  t.match(await seen, {
    pieces: ['one'],
    error: { name: 'InternalStreamFailure', message: stopped, $fault: 'server' },
  });
  await over();
  t.strictSame(failures, ['upstream_unavailable'], 'the log hears of it');
});

t.test('in the middle of a message, when that has come whole', async (t) => {
  const [two, three] = [part('2'.repeat(100_000)), part('three')];
  // So few bytes that the gateway has the one no sooner than the other.
  const begun = Buffer.concat([part('one'), two.subarray(0, 70)]);
  const { seen, upstream, over } = await drainStream(t, begun, bySdk);
  upstream.write(two.subarray(70, 99_000));
  upstream.write(Buffer.concat([two.subarray(99_000), three]));
  const { pieces, error } = await seen;
  t.match(error, { name: 'InternalStreamFailure', message: stopped });
  t.strictSame(pieces, ['one', '2'.repeat(100_000)], 'and what came with its end is not begun');
  await over();
});

/** A whole message, and another to its last byte but one. */
const unfinished = Buffer.concat([part('one'), part('two').subarray(0, -1)]);

t.test('nothing is put behind a message that never ends', async (t) => {
  const { seen, over } = await drainStream(t, unfinished, asBytes);
  t.strictSame(await seen, { bytes: unfinished, broken: true });
  await over();
});

t.test('a stream that came whole stays so while it is still read', async (t) => {
  const stream = new PassedEventStream(Readable.from([part('one'), part('two')]), () => part('too much'));
  await once(stream, 'finish');
  stream.stop(new GatewayError('upstream_unavailable', stopped));
  t.strictSame(await buffer(stream), Buffer.concat([part('one'), part('two')]));
});

t.test('what has no byte of its answer is refused, to be sent to another gateway', async (t) => {
  const { app, upstream, url } = await openWire(t, { limits: { maxInFlight: 1, maxQueue: 1 } });
  const begun: ServerResponse[] = [];
  const asked = new Promise<void>((resolve) => {
    upstream.answerWith((response, { url = '' }) => {
      // A plain answer of which only the head came, a stream of which only the head came, and one of which nothing did.
      if (url.includes('/headed/')) response.writeHead(200, { 'content-length': '100' }).flushHeaders();
      if (url.includes('/streaming/')) response.writeHead(200, streamHeaders).flushHeaders();
      if (begun.push(response) === 3) resolve();
    });
  });
  const ask = (path: string) => fetch(`${url}/endpoints/${path}`, { method: 'POST', body: 'x' });
  const answers = ['silent/invocations', 'headed/invocations', 'streaming/invocations-response-stream'].map(ask);
  await asked;
  answers.push(ask('silent/invocations'));
  await once(app.server, 'request');
  const left = begun.map((response) => once(response, 'close'));
  const finished = app.lifecycle.finish(drainMs);
  for (const response of await Promise.all(answers)) {
    t.equal(response.status, 503);
    t.match(Object.fromEntries(response.headers), {
      connection: 'close',
      'retry-after': '1',
      'x-amzn-errortype': 'ServiceUnavailable',
      'content-type': /^application\/json/,
    });
    t.strictSame(await response.json(), { Message: stopped });
  }
  t.ok((await finished) > 0);
  await Promise.all(left);
  t.equal(upstream.recorded.length, 3, 'what waited for its turn was not sent');
});

t.test('a plain answer that has begun breaks off', async (t) => {
  const { app, upstream, post } = await openWire(t);
  upstream.answerWith((response) => response.writeHead(200, { 'content-length': '100' }).write('0.5'));
  const answer = await post('bank/invocations');
  t.equal(answer.status, 200);
  const finished = app.lifecycle.finish(drainMs);
  await t.rejects(answer.text());
  t.equal(await finished, 1);
});

t.test('a stream that SageMaker breaks off', async (t) => {
  const gateway = await openWire(t);
  const breaking = <Seen>(bytes: Buffer, read: Read<Seen>) => {
    let answer: ServerResponse | undefined;
    gateway.upstream.answerWith((response) => {
      answer = response;
      response.writeHead(200, streamHeaders).write(bytes);
    });
    return read(gateway, () => answer?.socket?.resetAndDestroy());
  };
  t.match(
    await breaking(part('one'), bySdk),
    { pieces: ['one'], error: { name: 'InternalStreamFailure', message: 'SageMaker broke off the answer.' } },
    'between messages',
  );
  t.strictSame(await breaking(unfinished, asBytes), { bytes: unfinished, broken: true }, 'within a message');
  gateway.upstream.answerWith((response) => {
    response.writeHead(200, streamHeaders).flushHeaders();
    setImmediate(() => response.socket?.resetAndDestroy());
  });
  t.match(await bySdk(gateway, () => {}), { pieces: [], error: { name: 'ServiceUnavailable' } }, 'before the first');
});
