import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parse } from 'yaml';
import { doorGateway } from '../plugins/gateway.ts';
import { Scrape } from '../plugins/scrape.ts';
import { seriesIn } from './promql.ts';

const pathOf = (name: string): string => fileURLToPath(new URL(`../../docker/${name}`, import.meta.url));
const read = (name: string): string => readFileSync(pathOf(name), 'utf8');

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly { readonly record?: string; readonly alert?: string; readonly expr: string }[];
  }[];
}
interface Panel {
  readonly title: string;
  readonly type: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly { readonly expr: string }[];
}
interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly definition: string }[] };
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
}

const rules = ['objectives', 'alerts'].flatMap((name) =>
  (parse(read(`prometheus/${name}.yaml`)) as Rules).groups.flatMap((group) => group.rules),
);
const dashboard = JSON.parse(read('grafana/dashboards/sagemaker-gateway.json')) as Dashboard;

t.test('names of series are found in PromQL', async (t) => {
  const expression =
    'sum by (le, model) (rate(a_bucket{le="0.5", x=~"b.*"}[$__rate_interval])) / (c:d > 1e3) and on (e) f';
  t.strictSame(seriesIn(expression), ['a_bucket', 'c:d', 'f']);
});

t.test('all that the dashboard and the rules read is what the gateway shows', async (t) => {
  const limits = { redisUrl: 'redis://127.0.0.1:9' };
  const { app } = await doorGateway(t, { limits });
  const { names } = new Scrape((await app.inject({ url: '/metrics' })).body);
  const ofPrometheus = ['up', 'ALERTS'];
  const known = new Set([...names, ...rules.map(({ record }) => record), ...ofPrometheus]);
  const unknown = (expression: string) => seriesIn(expression).filter((name) => !known.has(name));

  for (const { record, alert, expr } of rules) t.strictSame(unknown(expr), [], String(alert ?? record));
  for (const { title, targets = [] } of dashboard.panels)
    for (const { expr } of targets) t.strictSame(unknown(expr), [], title);
  for (const { expr } of dashboard.annotations.list) t.strictSame(unknown(expr), []);
  for (const { definition } of dashboard.templating.list) {
    t.ok(names.has(/^label_values\((\w+), \w+\)$/.exec(definition)?.[1] ?? ''), definition);
  }
});

t.test('every metric of the gateway’s own is on the dashboard', async (t) => {
  const { app } = await doorGateway(t, { limits: { redisUrl: 'redis://127.0.0.1:9' } });
  const text = (await app.inject({ url: '/metrics' })).body;
  const drawn = dashboard.panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => seriesIn(expr)));
  const families = new Set(drawn.map((name) => name.replace(/_(bucket|sum|count)$/, '')));
  const own = [...text.matchAll(/^# TYPE (gateway_(?!limit)\S+) /gm)].map(([, name = '']) => name);
  t.ok(own.length >= 18, own.join(' '));
  t.strictSame(
    own.filter((name) => !families.has(name)),
    [],
  );
});

t.test('panels read the provisioned data source and do not overlap', async (t) => {
  const [source] = (
    parse(read('grafana/provisioning/datasources/prometheus.yaml')) as {
      datasources: { uid: string; url: string }[];
    }
  ).datasources;
  const cells = new Set<string>();
  for (const { title, type, gridPos, datasource } of dashboard.panels) {
    if (type !== 'row') t.equal(datasource?.uid, source?.uid, title);
    t.ok(gridPos.x + gridPos.w <= 24, `${title} is within the page`);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        if (cells.has(`${x} ${y}`)) t.fail(`${title} lies on another panel`);
        cells.add(`${x} ${y}`);
      }
    }
  }
});

const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
const skip = hasPromtool ? false : 'there is no promtool here (Debian package prometheus)';

function promtool(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

t.test('promtool takes the configuration of Prometheus and its rules', { skip }, async (t) => {
  const { status, said } = promtool('check', 'config', pathOf('prometheus/prometheus.yaml'));
  t.equal(status, 0, said);
  t.match(said, '2 rule files found');
});

for (const cases of ['alerts', 'budgets']) {
  t.test(`what fires and what does not: ${cases}`, { skip }, async (t) => {
    const file = fileURLToPath(new URL(`${cases}.promtool.yaml`, import.meta.url));
    const { status, said } = promtool('test', 'rules', file);
    t.equal(status, 0, said);
  });
}
