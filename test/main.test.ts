import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { startStub } from './docker/stub-sagemaker.ts';

/** The real process, and what it says. */
function run(t: Test, env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { PATH: process.env.PATH, PORT: '0', HOME: t.testdirName, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, output: () => output };
}

/** Waits for what the process says. */
async function said(output: () => string, what: RegExp): Promise<string> {
  for (;;) {
    const [, found] = what.exec(output()) ?? [];
    if (found !== undefined) return found;
    await sleep(20);
  }
}

const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
t.setTimeout(120_000);

t.test('gateway.yaml divides, copies, and changes while it serves', async (t) => {
  const stub = await startStub(0, 0);
  t.teardown(() => {
    stub.closeAllConnections();
    stub.close();
  });
  const asked: string[] = [];
  stub.on('request', ({ method, url = '' }) => {
    if (method === 'POST') asked.push(url.split('/')[2] ?? '');
  });
  const folder = t.testdir();
  const file = join(folder, 'gateway.yaml');
  const models = (text: string) => writeFileSync(file, `models:\n  ${text}\n`);
  models(
    'bank: { endpoint: a, split: { endpoints: [{ endpoint: a, weight: 1 }, { endpoint: b, weight: 1 }], stickyHeader: X-User } }',
  );
  const { child, output } = run(t, {
    ...credentials,
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(stub.address() as AddressInfo).port}`,
    GATEWAY_CONFIG: file,
  });
  const url = await said(output, /Server listening at (http:\/\/127[^"]+)/);
  /** Endpoints that were asked for predictions, one for each user. */
  async function endpointsOf(model: string, users: readonly number[]): Promise<string[]> {
    asked.length = 0;
    for (const user of users) {
      const headers = { 'content-type': 'text/csv', 'x-user': `user-${user}` };
      const answer = await fetch(`${url}/predict/${model}`, { method: 'POST', headers, body: '1,2' });
      t.equal(answer.status, 200, await answer.text());
    }
    return [...asked];
  }
  const users = Array.from({ length: 20 }, (_, user) => user);
  const first = await endpointsOf('bank', users);
  t.strictSame([...new Set(first)].sort(), ['a', 'b'], 'both have a share');
  t.strictSame(await endpointsOf('bank', users), first, 'a user stays with one of them');

  models('bank: { endpoint: nowhere at all, timeoutMs: 0, colour: red }');
  child.kill('SIGHUP');
  const faults = await said(output, /"faults":(.+)/);
  for (const fault of ['endpoint', 'timeoutMs', 'colour']) t.match(faults, fault, 'every fault is named');
  t.strictSame(await endpointsOf('bank', users), first, 'the last configuration goes on');

  models('copied: { endpoint: c, shadow: { endpoint: d } }');
  child.kill('SIGHUP');
  await said(output, /"models":\["(copied)"\]/);
  await endpointsOf('copied', [1]);
  while (asked.length < 2) await sleep(10);
  t.strictSame([...asked].sort(), ['c', 'd'], 'the shadow has its copy');
  const gone = await fetch(`${url}/predict/bank`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv' },
    body: '1',
  });
  t.not(gone.status, 200, 'the model that was there before is not');
});

t.test('without a region it says what is missing, and no stack', async (t) => {
  const { child, output } = run(t, {
    ...credentials,
    SAGEMAKER_ENDPOINT_NAME: 'bank',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  const [code] = await once(child, 'close');
  t.equal(code, 1);
  t.match(output(), /AWS_REGION: .*GATEWAY_MODE=local/);
  t.notMatch(output(), /\n +at /);
});
