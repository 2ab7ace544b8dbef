// Runs the built gateway once in either mode, so that Node keeps what it compiled (NODE_COMPILE_CACHE) and the image starts fast. It also shows,
// while the image is being built, that nothing the gateway needs was left out of it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** An emulator takes minutes to train the demo. */
const limit = 600_000;

/** The build may share the network of a busy machine. */
async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

const port = await freePort();
const url = `http://127.0.0.1:${port}`;

async function answers(path: string, init: RequestInit = {}): Promise<boolean> {
  const response = await fetch(url + path, init).catch(() => undefined);
  await response?.arrayBuffer();
  return response?.ok ?? false;
}

const predict = (): Promise<boolean> =>
  answers('/predict', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ data: Array.from({ length: 59 }, () => 0).join(',') }),
  });

/** Starts the gateway, waits until `done`, asks for all that is static, and ends it as a container is ended. */
async function run(mode: string, env: NodeJS.ProcessEnv, done: () => Promise<boolean>): Promise<void> {
  const started = performance.now();
  const gateway = spawn(process.execPath, ['dist/main.js'], {
    env: { ...process.env, ...env, GATEWAY_MODE: mode, HOST: '127.0.0.1', PORT: port },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = once(gateway, 'exit');
  while (!(await done())) {
    if (gateway.exitCode !== null) throw new Error(`${mode} mode ended with ${gateway.exitCode}`);
    if (performance.now() - started > limit) throw new Error(`${mode} mode was not ready within ${limit} ms`);
    await sleep(20);
  }
  process.stdout.write(`${mode} mode: ready after ${Math.round(performance.now() - started)} ms\n`);
  for (const path of [
    '/healthz',
    '/readyz',
    '/metrics',
    '/docs/',
    '/docs/static/swagger-ui-bundle.js',
    '/openapi.json',
  ]) {
    if (!(await answers(path))) throw new Error(`${path} does not answer in ${mode} mode`);
  }
  gateway.kill('SIGTERM');
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`${mode} mode ended with ${code}`);
}

const nowhere = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'warm-up', AWS_SECRET_ACCESS_KEY: 'warm-up' };
const aws = { ...nowhere, SAGEMAKER_ENDPOINT_NAME: 'warm-up', AUTH: 'none' };
await run('aws', { ...aws, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, () => answers('/readyz'));
await run('local', {}, predict);
await run('aws', aws, () => answers('/readyz'));
