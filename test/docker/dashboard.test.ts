import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { parse, stringify } from 'yaml';
import { GatewayError } from '../../src/errors.ts';
import type { Invocation } from '../../src/sagemaker/invoke.ts';
import { doorGateway } from '../plugins/gateway.ts';

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat?: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}
interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

const docker = fileURLToPath(new URL('../../docker/', import.meta.url));
const { panels, annotations } = JSON.parse(
  readFileSync(`${docker}grafana/dashboards/sagemaker-gateway.json`, 'utf8'),
) as Dashboard;

/** As Grafana puts its variables in: all models, and a window of several scrapes. */
const filledIn = (expression: string): string =>
  expression.replaceAll('$model', '.*').replaceAll('$__rate_interval', '15s');

const hasPrometheus = spawnSync('prometheus', ['--version']).status === 0;
const skip = hasPrometheus ? false : 'there is no prometheus here (Debian package prometheus)';
t.setTimeout(240_000);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** The Prometheus of docker/ with its rules, in a hurry, over one gateway. @returns how to ask its API */
async function startPrometheus(t: Test, target: string) {
  const folder = t.testdir({});
  const config = parse(readFileSync(`${docker}prometheus/prometheus.yaml`, 'utf8')) as {
    rule_files: string[];
    scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
  };
  const file = join(folder, 'prometheus.yaml');
  writeFileSync(
    file,
    stringify({
      ...config,
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: config.rule_files.map((name) => `${docker}prometheus/${name}`),
      scrape_configs: config.scrape_configs
        .filter(({ job_name }) => job_name === 'sagemaker-gateway')
        .map((job) => ({ ...job, static_configs: [{ targets: [target] }] })),
    }),
  );
  const port = await freePort();
  const args = [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`, '--log.level=error'];
  const child = spawn('prometheus', [...args, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'inherit' });
  t.teardown(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  });
  return async <Data>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<Data | undefined> => {
    const url = `http://127.0.0.1:${port}/api/v1/${path}?${new URLSearchParams(parameters)}`;
    const answer = await fetch(url).catch(() => undefined);
    const body = (await answer?.json().catch(() => undefined)) as
      | { status: string; data: Data; error?: string }
      | undefined;
    if (body?.status === 'error') throw new Error(`${body.error}: ${JSON.stringify(parameters)}`);
    return body?.data;
  };
}

/** What each endpoint of SageMaker does here. */
async function invoke({ endpoint, body }: Invocation) {
  if (endpoint === 'throttling') throw new GatewayError('throttled', 'slower', { retrySafe: true });
  if (endpoint === 'failing') throw new GatewayError('model_error', 'it answered 500');
  await sleep(5);
  const rows = Buffer.from(body).toString().trim().split('\n');
  return { contentType: 'text/csv', body: Buffer.from(rows.map(() => '0.5\n').join('')), headers: {} };
}

const settings = {
  auth: 'none',
  models: {
    plain: { endpoint: 'plain' },
    throttling: { endpoint: 'throttling' },
    failing: { endpoint: 'failing' },
    cached: { endpoint: 'plain', cache: {} },
    batched: { endpoint: 'plain', batching: { maxInFlight: 1 } },
    limited: { endpoint: 'plain' },
  },
  defaultModel: 'plain',
  // Away: the panel shows 0, and replicas count for themselves.
  limits: { redisUrl: 'redis://127.0.0.1:9', models: { limited: { rate: { perSecond: 1, burst: 1 } } } },
};

/** Requests of all kinds, round after round, until it is ended. */
function startTraffic(url: string): () => Promise<void> {
  const ask = async (path: string, body: string): Promise<void> => {
    const answer = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'text/csv' }, body });
    await answer.arrayBuffer();
  };
  let going = true;
  const done = (async () => {
    while (going) {
      const byModel = Object.keys(settings.models).map((model) => ask(`/predict/${model}`, '1\n'));
      const together = ['1\n', '2\n3\n', '4\n'].map((rows) => ask('/predict/batched', rows));
      await Promise.all([...byModel, ...together, ask('/predict/plain/stream', '1\n'), ask('/predict/nobody', '1\n')]);
      await sleep(50);
    }
  })();
  return async () => {
    going = false;
    await done;
  };
}

t.test('Prometheus over a gateway under traffic: rules load, and every panel has data', { skip }, async (t) => {
  const { app } = await doorGateway(t, settings, invoke);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const query = await startPrometheus(t, new URL(url).host);
  const end = startTraffic(url);
  t.teardown(end);

  const asked = panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, ...target })));
  t.ok(asked.length > 30);
  /** What draws nothing yet: no series, or none that is a number. */
  const empty = new Map(asked.map((target) => [`${target.title}: ${target.expr}`, target]));
  for (const until = Date.now() + 120_000; empty.size > 0 && Date.now() < until; await sleep(500)) {
    for (const [name, { title, expr, legendFormat = '' }] of empty) {
      const found = (await query<{ result: Series[] }>('query', { query: filledIn(expr) }))?.result ?? [];
      if (!found.some(({ value }) => Number.isFinite(Number(value[1])))) continue;
      empty.delete(name);
      for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
        t.ok(
          found.every(({ metric }) => metric[label]),
          `${title}: every line has a ${label} for its name`,
        );
    }
  }
  t.strictSame([...empty.keys()], []);

  const { groups = [] } = (await query<{ groups: { rules: { name: string; health: string }[] }[] }>('rules')) ?? {};
  const rules = groups.flatMap((group) => group.rules);
  t.ok(rules.length >= 20, `${rules.length} rules`);
  t.strictSame(
    rules.filter(({ health }) => health !== 'ok').map(({ name }) => name),
    [],
  );
  for (const { expr } of annotations.list) t.ok(await query('query', { query: expr }), 'alerts are marked');
  const models = await query<string[]>('label/model/values', { 'match[]': 'gateway_requests_total' });
  for (const model of Object.keys(settings.models)) t.ok(models?.includes(model), `${model} can be chosen`);
});
