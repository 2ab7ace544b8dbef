import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { request } from 'undici';
import { createApiKey } from '../src/auth/api-key.ts';
import { loadConfig } from '../src/config/load.ts';
import { syntheticRows } from '../src/demo/bank-rows.ts';
import { Progress } from '../src/demo/progress.ts';
import { runDemo } from '../src/demo/run.ts';
import { startGateway } from './gateway.ts';
import { peerMissing, python } from './peer.ts';

/** What is asked: as many requests at least. */
const enough = 2_000;
const folder = join(import.meta.dirname, 'schemathesis');

interface Report {
  readonly test_cases: { readonly generated: number; readonly with_failures: number; readonly errored: number };
}

t.setTimeout(900_000);

t.test('requests made from /openapi.json, right and wrong ones', { skip: peerMissing('schemathesis') }, async (t) => {
  const { key, stored } = createApiKey();
  const clients = { tester: { keys: [stored], scopes: ['predict', 'admin:read', 'admin:write'] } };
  const limits = { perAddress: { requests: 1_000_000, seconds: 60 } };
  const { clients: named, limits: bounds } = loadConfig({ GATEWAY_MODE: 'local' }, JSON.stringify({ clients, limits }));
  const { url, local, log } = await startGateway(t, { clients: named, limits: bounds });
  const silent = new Progress(new PassThrough() as never);
  const { signal } = new AbortController();
  const sagemaker = local.url;
  await runDemo(url, { source: syntheticRows(2_000, 1), sagemaker, fresh: false, progress: silent, signal, key });

  // By who may call them, or the paths of the models were not in it.
  const { body } = await request(`${url}/openapi.json`, { headers: { 'x-api-key': key } });
  const document = join(t.testdir(), 'openapi.json');
  writeFileSync(document, await body.text());
  const report = join(t.testdirName, 'report.json');
  const run = spawn(
    python,
    [
      ...['-m', 'schemathesis.cli', '--config-file', join(folder, 'schemathesis.toml')],
      ...['run', document, '--url', url, '--no-color', '--seed', '1', '--report-json-path', report],
    ],
    {
      env: { ...process.env, API_KEY: key, PYTHONPATH: folder, SCHEMATHESIS_HOOKS: 'hooks' },
      cwd: t.testdirName,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [output, [code]] = await Promise.all([text(run.stdout), once(run, 'exit')]);
  const failures = output.split(/^=+ (?:ERRORS|FAILURES) =+$/m).slice(1);
  t.equal(code, 0, failures.join('\n').slice(0, 20_000));
  const { test_cases: cases } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  t.comment(`${cases.generated} requests`);
  t.ok(cases.generated >= enough, `${cases.generated} of ${enough} requests`);
  t.equal(cases.with_failures + cases.errored, 0);
  t.notOk(
    log.some(({ level }) => Number(level) >= 50),
    'nothing of it is an error in the log',
  );
});
