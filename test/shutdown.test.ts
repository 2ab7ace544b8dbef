import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer as createHttpServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { generate } from 'selfsigned';
import t, { type Test } from 'tap';
import { Lifecycle } from '../src/plugins/lifecycle.ts';
import { ask, startLoad, waitFor } from './docker/load.ts';
import { startStub } from './docker/stub-sagemaker.ts';
import { scrapeUntil } from './plugins/scrape.ts';

interface Process {
  readonly url: string;
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  readonly output: () => string;
  /** Ends when that many requests have reached the model. */
  readonly atTheModel: (requests: number) => Promise<void>;
}

/** The real process in aws mode, in front of a model that takes `delayMs`. */
async function start(t: Test, delayMs: number, env: Record<string, string>): Promise<Process> {
  const stub = await startStub(0, delayMs);
  let received = 0;
  // What /readyz asks for is no request of a model's.
  stub.on('request', ({ method }) => {
    if (method === 'POST') received += 1;
  });
  const upstream = `http://127.0.0.1:${(stub.address() as AddressInfo).port}`;
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL: upstream,
      SAGEMAKER_ENDPOINT_NAME: 'stub',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const [, found] = /Server listening at (http:\/\/127[^"]+)/.exec(output) ?? [];
        if (found) resolve(found);
      });
    }
    exit.then((code) => reject(new Error(`ended with ${code}: ${output}`)), reject);
  });
  t.teardown(async () => {
    child.kill('SIGKILL');
    await exit;
    stub.closeAllConnections();
    stub.close();
  });
  await waitFor(`${url}/readyz`, 200, 20_000);
  const atTheModel = async (requests: number) => {
    while (received < requests) await sleep(10);
  };
  return { url, child, exit, output: () => output, atTheModel };
}

// A start takes a second or two on a busy machine, and each test has one.
t.setTimeout(120_000);

t.test('SIGTERM under 50 connections: not ready, still serving, no request lost, exit 0', async (t) => {
  const { url, child, exit } = await start(t, 50, { SHUTDOWN_DELAY_MS: '5000' });
  const load = startLoad(`${url}/predict`, { connections: 50 });
  await sleep(1_000);
  child.kill('SIGTERM');
  await waitFor(`${url}/readyz`, 503, 4_500);
  const agent = new Agent({ keepAlive: true });
  const late = await ask(`${url}/predict`, {
    agent,
    body: '0'.concat(',0'.repeat(58)),
    headers: { 'content-type': 'text/csv' },
  });
  t.match(late, { status: 200, connection: 'close' }, 'still serves, and asks to go elsewhere');
  t.match(await ask(`${url}/healthz`), { status: 200 }, 'is alive all the same');
  // As the balancer, which has seen that it is not ready.
  const { answered, failures } = await load.stop();
  t.strictSame(failures.slice(0, 3), [], `of ${answered + failures.length} requests`);
  t.equal(await exit, 0);
});

t.test('without a delay, what is on its way arrives', async (t) => {
  const { url, child, exit, atTheModel } = await start(t, 700, {});
  const agent = new Agent({ keepAlive: true });
  const slow = Promise.all(
    Array.from({ length: 10 }, () =>
      ask(`${url}/predict`, { agent, body: '0'.concat(',0'.repeat(58)), headers: { 'content-type': 'text/csv' } }),
    ),
  );
  // Or what else they were answered, to be shown below.
  await Promise.race([atTheModel(10), slow]);
  child.kill('SIGTERM');
  const others = (await slow).filter(({ status }) => status !== 200).map(({ body }) => body);
  t.strictSame(others, []);
  t.equal(await exit, 0, 'the connections that were kept alive hold nothing up');
});

t.test('what takes longer than the drain time is refused, waiting or at the model, and said', async (t) => {
  const { url, child, exit, output, atTheModel } = await start(t, 30_000, { DRAIN_TIMEOUT_MS: '200' });
  const csv = { body: '0'.concat(',0'.repeat(58)), headers: { 'content-type': 'text/csv' } };
  const never = Promise.all(Array.from({ length: 300 }, () => ask(`${url}/predict`, csv)));
  // No more go there at once; the others wait for a place.
  await Promise.all([atTheModel(256), scrapeUntil(url, (seen) => seen.sum('gateway_model_queued') === 44)]);
  child.kill('SIGTERM');
  for (const { status, connection, body } of await never) {
    t.strictSame([status, connection], [503, 'close']);
    t.match(JSON.parse(body), { code: 'upstream_unavailable', detail: 'The gateway is being stopped.' });
  }
  t.equal(await exit, 0);
  t.match(output(), /"connections":\d+,.*cut off/);
});

for (const scheme of ['http', 'https'] as const) {
  t.test(`${scheme}: a connection that never says anything is not waited for, what is on its way is`, async (t) => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec' });
    const slow = (_request: unknown, response: ServerResponse) =>
      setTimeout(() => response.end('late'), 2_000) as unknown as undefined;
    const server = scheme === 'http' ? createHttpServer(slow) : createHttpsServer({ key, cert }, slow);
    const lifecycle = new Lifecycle(server as HttpServer);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const open = () => {
      const socket =
        scheme === 'http'
          ? connect(port, '127.0.0.1')
          : connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
      t.teardown(() => socket.destroy());
      return socket;
    };
    const silent = open();
    await once(silent, scheme === 'http' ? 'connect' : 'secureConnect');
    const speaking = open();
    speaking.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
    await once(server, 'request');
    const [cut, answer] = await Promise.all([lifecycle.finish(30_000), text(speaking), text(silent)]);
    t.equal(cut, 0);
    t.match(answer, /late/);
  });
}

t.test('a second signal ends it at once', async (t) => {
  const { url, child, exit } = await start(t, 0, { SHUTDOWN_DELAY_MS: '60000' });
  child.kill('SIGTERM');
  await waitFor(`${url}/readyz`, 503, 30_000);
  child.kill('SIGTERM');
  t.equal(await exit, 143);
});

t.test('an error that nobody caught ends it with 1 and a line in the log', async (t) => {
  for (const crash of ['setTimeout(() => { throw new Error("lost") }, 1)', 'Promise.reject(new Error("lost"))']) {
    const script = `import { pino } from 'pino'; import { crashOnUnknown } from './src/shutdown.ts';
      crashOnUnknown(pino()); setInterval(() => {}, 1000); ${crash}`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    const [code] = (await once(child, 'close')) as [number | null];
    t.equal(code, 1);
    t.match(output, /"level":60.*lost/);
  }
});
