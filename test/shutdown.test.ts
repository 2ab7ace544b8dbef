import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { ask, startLoad, waitFor } from './docker/load.ts';
import { startStub } from './docker/stub-sagemaker.ts';

interface Process {
  readonly url: string;
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  readonly output: () => string;
}

/** The real process in aws mode, in front of a model that takes `delayMs`. */
async function start(t: Test, delayMs: number, env: Record<string, string>): Promise<Process> {
  const stub = await startStub(0, delayMs);
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
  return { url, child, exit, output: () => output };
}

// A start takes a second or two on a busy machine, and each test has one.
t.setTimeout(120_000);

t.test('SIGTERM under 50 connections: not ready, still serving, no request lost, exit 0', async (t) => {
  const { url, child, exit } = await start(t, 50, { SHUTDOWN_DELAY_MS: '3000' });
  const load = startLoad(`${url}/predict`, { connections: 50 });
  await sleep(1_000);
  child.kill('SIGTERM');
  await waitFor(`${url}/readyz`, 503, 2_000);
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
  const { url, child, exit } = await start(t, 700, {});
  const agent = new Agent({ keepAlive: true });
  const slow = Promise.all(
    Array.from({ length: 10 }, () =>
      ask(`${url}/predict`, { agent, body: '0'.concat(',0'.repeat(58)), headers: { 'content-type': 'text/csv' } }),
    ),
  );
  await sleep(300);
  child.kill('SIGTERM');
  t.strictSame(new Set((await slow).map(({ status }) => status)), new Set([200]));
  t.equal(await exit, 0, 'the connections that were kept alive hold nothing up');
});

t.test('what takes longer than the drain time is cut off, and said', async (t) => {
  const { url, child, exit, output } = await start(t, 30_000, { DRAIN_TIMEOUT_MS: '200' });
  const never = ask(`${url}/predict`, { body: '0', headers: { 'content-type': 'text/csv' } }).catch(() => 'cut');
  await sleep(200);
  child.kill('SIGTERM');
  t.equal(await never, 'cut');
  t.equal(await exit, 0);
  t.match(output(), /"connections":1,.*cut off/);
});

t.test('a second signal ends it at once', async (t) => {
  const { child, exit } = await start(t, 0, { SHUTDOWN_DELAY_MS: '60000' });
  child.kill('SIGTERM');
  await sleep(200);
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
