import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { parse } from 'yaml';
import { envSettings } from '../../src/config/env-settings.ts';
import { loadConfig } from '../../src/config/load.ts';
import { version } from '../../src/version.ts';
import { Project, withoutCompose } from './compose.ts';

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly args: Record<string, string> };
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly mem_limit?: string;
  readonly stop_grace_period?: string;
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const folder = fileURLToPath(new URL('../../docker/', import.meta.url));
const text = await readFile(`${folder}compose.yaml`, 'utf8');
const { services, volumes } = parse(text, { merge: true }) as Compose;
/** Variables at their defaults. */
const filledIn = (value: string): string => value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');

t.test('who is there', async (t) => {
  t.strictSame(Object.keys(services).sort(), ['gateway', 'grafana', 'otel-collector', 'prometheus', 'redis']);
});

for (const [name, service] of Object.entries(services)) {
  t.test(`${name}: pinned, hardened, on this machine only`, async (t) => {
    t.match(filledIn(service.image), /:v?\d+\.\d+(\.\d+)?(-alpine)?$/);
    t.equal(service.read_only, true);
    t.strictSame(service.cap_drop, ['ALL']);
    t.strictSame(service.security_opt, ['no-new-privileges:true']);
    t.ok(service.mem_limit);
    for (const port of service.ports ?? []) t.match(filledIn(port), /^127\.0\.0\.1:\d+:\d+$/);
    for (const volume of service.volumes ?? []) {
      const [source = '', target] = volume.split(':');
      if (source.startsWith('.')) {
        t.ok(existsSync(folder + source), `${source} is in the repository`);
        t.match(volume, /:ro$/, `${target} is only read`);
      } else t.ok(source in volumes, `${source} is a volume`);
    }
    const needed = service.depends_on ?? [];
    for (const other of Array.isArray(needed) ? needed : Object.keys(needed)) t.ok(other in services, other);
  });
}

t.test('the gateway takes its environment, and its image is this version’s', async (t) => {
  const { gateway } = services;
  t.equal(filledIn(gateway?.image ?? ''), `sagemaker-gateway:${version}`);
  const dockerfile = await readFile(`${folder}../Dockerfile`, 'utf8');
  t.match(
    dockerfile,
    `ARG BASE_IMAGE=${filledIn(gateway?.build?.args.BASE_IMAGE ?? '?')}\n`,
    'the base of the Dockerfile',
  );
  const { devDependencies } = JSON.parse(await readFile(`${folder}../package.json`, 'utf8')) as {
    devDependencies: { node: string };
  };
  t.match(
    dockerfile,
    `ARG BASE_IMAGE=node:${devDependencies.node}-`,
    'the Node that is tested is the one that is shipped',
  );
  t.ok(existsSync(`${folder}${gateway?.build?.context}/Dockerfile`));

  const given = Object.entries(gateway?.environment ?? {});
  const known = new Set(envSettings.map(({ variable }) => variable));
  const others = given
    .map(([variable]) => variable)
    .filter((variable) => !known.has(variable) && variable !== 'GATEWAY_CONFIG');
  t.ok(
    others.every((variable) => variable.startsWith('AWS_') || variable.startsWith('OTEL_')),
    `${others} are those of the SDKs`,
  );
  const set = given.flatMap(([variable, value]) => (value === null ? [] : [[variable, filledIn(value)]]));
  const file = await readFile(`${folder}gateway/gateway.yaml`, 'utf8');
  const config = loadConfig({ ...Object.fromEntries(set), HOST: '0.0.0.0' }, file);
  t.ok(gateway?.volumes?.includes(`./gateway:${dirname(gateway.environment?.GATEWAY_CONFIG ?? '')}:ro`));
  t.match(config, { mode: 'local', limits: { redisUrl: 'redis://redis:6379' } });
  const { delayMs, drainTimeoutMs } = config.shutdown;
  t.ok(
    Number.parseInt(gateway?.stop_grace_period ?? '', 10) * 1_000 >= delayMs + drainTimeoutMs + 5_000,
    'time to drain',
  );
});

t.test('who scrapes and who is asked are services here', async (t) => {
  const prometheus = parse(await readFile(`${folder}prometheus/prometheus.yaml`, 'utf8')) as {
    scrape_configs: { static_configs: { targets: string[] }[] }[];
  };
  const targets = prometheus.scrape_configs.flatMap((job) => job.static_configs.flatMap((each) => each.targets));
  const sources = parse(await readFile(`${folder}grafana/provisioning/datasources/prometheus.yaml`, 'utf8')) as {
    datasources: { url: string }[];
  };
  const hosts = [...targets.map((target) => `http://${target}`), ...sources.datasources.map(({ url }) => url)];
  for (const host of hosts) t.ok(new URL(host).hostname in services, host);
  const dashboards = parse(await readFile(`${folder}grafana/provisioning/dashboards/dashboards.yaml`, 'utf8')) as {
    providers: { options: { path: string } }[];
  };
  for (const { options } of dashboards.providers) {
    t.ok(
      services.grafana?.volumes?.some((volume) => volume.split(':')[1] === options.path),
      options.path,
    );
  }
  t.match(services['otel-collector'], { volumes: ['./otel:/etc/otelcol:ro'] });
});

t.test('docker compose takes it', { skip: withoutCompose }, async () => {
  await new Project({}).run('config', '--quiet');
});
