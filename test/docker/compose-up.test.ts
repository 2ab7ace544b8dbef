import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parse } from 'yaml';
import { freePort } from '../predict/replica.ts';
import { Project, withoutCompose } from './compose.ts';
import { image, skipped } from './docker.ts';
import { waitFor } from './load.ts';

t.setTimeout(240_000);

/** Images of the services, under their names: scripts/image/services.sh makes them where no registry can be reached. */
const file = fileURLToPath(new URL('../../docker/compose.yaml', import.meta.url));
const { services } = parse(await readFile(file, 'utf8'), { merge: true }) as {
  services: Record<string, { image: string }>;
};
const others = Object.keys(services).filter((name) => name !== 'gateway');
const docker = (...args: string[]): boolean => spawnSync('docker', args).status === 0;
const here = others.filter((name) => skipped === false && docker('image', 'inspect', services[name]?.image ?? ''));
const withoutImage = (name: string): string | false =>
  here.includes(name) ? false : `no image ${services[name]?.image} is here`;

/** Some machines let nobody make one. */
function withoutNetwork(): string | false {
  const name = `sagemaker-gateway-test-probe-${process.pid}`;
  if (!docker('network', 'create', name)) return 'the Docker engine here makes no networks';
  docker('network', 'rm', name);
  return false;
}
const skip = skipped || withoutCompose || withoutImage('redis') || withoutImage('prometheus') || withoutNetwork();

interface Target {
  readonly labels: { readonly job: string };
  readonly health: string;
  readonly lastError: string;
}
interface Rule {
  readonly name: string;
  readonly health: string;
}

/** Asks until the answer is as wanted. @throws after a minute, with the last one */
async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  const started = performance.now();
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (performance.now() - started > 60_000) throw new Error(`still ${JSON.stringify(answer)}`);
    await sleep(250);
  }
}

t.test('all that can be had here runs together', { skip }, async (t) => {
  const [port, prometheusPort, grafanaPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const project = new Project({
    GATEWAY_IMAGE: image,
    GATEWAY_PORT: String(port),
    PROMETHEUS_PORT: String(prometheusPort),
    GRAFANA_PORT: String(grafanaPort),
  });
  t.teardown(() => project.remove());
  const options = '--detach --wait --wait-timeout 120 --no-build --pull never'.split(' ');
  if (withoutImage('otel-collector')) options.push('--scale', 'otel-collector=0');
  await project.run('up', ...options, 'gateway', ...here);

  const prometheus = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`http://127.0.0.1:${prometheusPort}/api/v1/${path}`);
    return ((await answer.json()) as { data: T }).data;
  };
  const targetOf = async (job: string): Promise<Target | undefined> => {
    const { activeTargets } = await prometheus<{ activeTargets: Target[] }>('targets');
    return activeTargets.find(({ labels }) => labels.job === job);
  };
  /** Sum of an expression once it has one. */
  const sumOf = async (expression: string): Promise<number> => {
    const query = `query?query=${encodeURIComponent(`sum(${expression})`)}`;
    const { result } = await until(
      () => prometheus<{ result: { value: [number, string] }[] }>(query),
      ({ result }) => result.length > 0,
    );
    return Number(result[0]?.value[1]);
  };

  await t.test('the gateway predicts for who has the key of its log', async (t) => {
    const log = await until(
      () => project.logs('gateway'),
      (log) => log.includes('Try it'),
    );
    const [, key = ''] = /API key +(sgw_\w+)/.exec(log) ?? [];
    const predict = async (headers: Record<string, string>): Promise<number> => {
      const body = Array.from({ length: 59 }, () => 0).join(',');
      const answer = await fetch(`http://127.0.0.1:${port}/predict`, {
        method: 'POST',
        headers: { 'content-type': 'text/csv', ...headers },
        body,
      });
      await answer.arrayBuffer();
      return answer.status;
    };
    t.equal(await predict({ 'x-api-key': key }), 200);
    t.equal(await predict({}), 401);
  });

  await t.test('Redis counts what it let through', async (t) => {
    const said = await project.run('exec', '-T', 'redis', 'redis-cli', 'info', 'commandstats');
    t.match(said, /^cmdstat_eval(sha)?:calls=[1-9]/m);
  });

  await t.test('Prometheus reads the gateway and its own rules', async (t) => {
    // It was asked before it was ready, too.
    await until(
      () => targetOf('sagemaker-gateway'),
      (target) => target?.health === 'up',
    );
    t.equal(await sumOf('gateway_requests_total{route="/predict", status="200"}'), 1);
    const rules = await until(
      async () => (await prometheus<{ groups: { rules: Rule[] }[] }>('rules')).groups.flatMap(({ rules }) => rules),
      (rules) => rules.every(({ health }) => health !== 'unknown'),
    );
    t.ok(rules.length > 0);
    t.strictSame(
      rules.filter(({ health }) => health !== 'ok'),
      [],
    );
  });

  await t.test('the collector has its traces', { skip: withoutImage('otel-collector') }, async (t) => {
    const log = await until(
      () => project.logs('otel-collector'),
      (log) => log.includes('"spans"'),
    );
    t.match(log, /"resource spans": \d+, "spans": [1-9]/);
    t.ok((await sumOf('otelcol_receiver_accepted_spans_total or otelcol_receiver_accepted_spans')) > 0);
  });

  await t.test('Grafana has the dashboard for whoever asks', { skip: withoutImage('grafana') }, async () => {
    await waitFor(`http://127.0.0.1:${grafanaPort}/api/dashboards/uid/sagemaker-gateway`, 200, 60_000);
  });

  await t.test('all end by themselves when they are told to', async (t) => {
    await project.run('stop');
    const lines = (await project.run('ps', '--all', '--format', '{{.Service}} {{.State}} {{.ExitCode}}')).trim();
    t.strictSame(lines.split('\n').sort(), ['gateway', ...here].map((name) => `${name} exited 0`).sort());
  });
});
