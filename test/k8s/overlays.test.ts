import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { parseAllDocuments, stringify } from 'yaml';
import { loadConfig } from '../../src/config/load.ts';
import { seriesIn } from '../docker/promql.ts';
import { doorGateway } from '../plugins/gateway.ts';
import { Scrape } from '../plugins/scrape.ts';

interface Probe {
  readonly httpGet?: { readonly path: string };
}
interface SecurityContext {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
  readonly seccompProfile?: { readonly type: string };
  readonly allowPrivilegeEscalation?: boolean;
  readonly readOnlyRootFilesystem?: boolean;
  readonly privileged?: boolean;
  readonly capabilities?: { readonly drop?: string[]; readonly add?: string[] };
}
interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  readonly env?: { readonly name: string; readonly value: string }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly resources?: Partial<Record<'requests' | 'limits', { readonly cpu?: string; readonly memory?: string }>>;
  readonly securityContext?: SecurityContext;
}
interface PodSpec {
  readonly automountServiceAccountToken?: boolean;
  readonly hostNetwork?: boolean;
  readonly securityContext?: SecurityContext;
  readonly terminationGracePeriodSeconds?: number;
  readonly containers: ContainerSpec[];
  readonly volumes?: Record<string, unknown>[];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Record<string, string>;
  readonly spec: { readonly replicas?: number; readonly template: { readonly spec: PodSpec } };
}

const folder = fileURLToPath(new URL('../../k8s/overlays', import.meta.url));
const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;
const skip = hasKubectl ? false : 'there is no kubectl here';
const validator = process.env.PEER_PYTHON ? join(dirname(process.env.PEER_PYTHON), 'kubernetes-validate') : '';

const kustomize = (path: string): string => execFileSync('kubectl', ['kustomize', path], { encoding: 'utf8' });
const render = (overlay: string): string => kustomize(join(folder, overlay));

/** The base with one component. */
function renderWith(t: Test, component: string): string {
  const own = mkdtempSync(join(tmpdir(), 'sagemaker-gateway-k8s-'));
  t.teardown(() => rmSync(own, { recursive: true }));
  const at = (path: string) => relative(own, join(folder, '..', path));
  const kind = { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' };
  const parts = { resources: [at('base')], components: [at(`components/${component}`)] };
  writeFileSync(join(own, 'kustomization.yaml'), stringify({ ...kind, ...parts }));
  return kustomize(own);
}

/** The rules of the restricted pod security standard, and of ours. @returns what is broken */
function faultsOf(pod: PodSpec): string[] {
  const ofPod: [boolean, string][] = [
    [pod.automountServiceAccountToken === false, 'a token of the Kubernetes API'],
    [pod.hostNetwork !== true, 'network of the host'],
    [pod.securityContext?.runAsNonRoot === true && (pod.securityContext.runAsUser ?? 0) > 0, 'may be root'],
    [pod.securityContext?.seccompProfile?.type === 'RuntimeDefault', 'no seccomp profile'],
    [!pod.volumes?.some((volume) => 'hostPath' in volume), 'a folder of the host'],
  ];
  const ofContainers = pod.containers.flatMap(
    ({ name, image, securityContext: own, resources, ...probes }): [boolean, string][] => [
      [/:[^:/]*\d[^:/]*$|@sha256:/.test(image) && !image.endsWith(':latest'), `${name}: ${image} is not pinned`],
      [own?.readOnlyRootFilesystem === true, `${name}: root file system can be written`],
      [own?.allowPrivilegeEscalation === false && own.privileged !== true, `${name}: can gain privileges`],
      [own?.capabilities?.drop?.includes('ALL') === true && !own.capabilities.add, `${name}: has capabilities`],
      [Boolean(resources?.limits?.cpu && resources.limits.memory), `${name}: no limits`],
      [Boolean(resources?.requests?.cpu && resources.requests.memory), `${name}: no requests`],
      [Boolean(probes.startupProbe && probes.livenessProbe && probes.readinessProbe), `${name}: lacks a probe`],
    ],
  );
  return [...ofPod, ...ofContainers].filter(([holds]) => !holds).map(([, fault]) => fault);
}

for (const overlay of readdirSync(folder)) {
  t.test(`overlay ${overlay}`, { skip }, async (t) => {
    const text = render(overlay);
    const manifests = parseAllDocuments(text).map((document) => document.toJS() as Manifest);
    const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
    const gateway = deployments.find(({ metadata }) => metadata.name === 'sagemaker-gateway');
    const pod = gateway?.spec.template.spec;
    const [container] = pod?.containers ?? [];
    const env = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));

    for (const { metadata, spec } of deployments) {
      t.strictSame(faultsOf(spec.template.spec), [], `${metadata.name} keeps to the policy`);
    }
    t.match(container?.livenessProbe, { httpGet: { path: '/healthz' } }, 'AWS has no say in whether it lives');
    t.match(container?.readinessProbe, { httpGet: { path: '/readyz' } });
    const needed = (Number(env.SHUTDOWN_DELAY_MS) + Number(env.DRAIN_TIMEOUT_MS)) / 1_000 + 5;
    t.ok((pod?.terminationGracePeriodSeconds ?? 0) >= needed, 'it is not killed before its drain time is over');
    for (const kind of ['ServiceAccount', 'Service', 'PodDisruptionBudget', 'NetworkPolicy', 'ConfigMap']) {
      t.ok(
        manifests.some((manifest) => manifest.kind === kind),
        `has a ${kind}`,
      );
    }

    const config = manifests.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'sagemaker-gateway',
    );
    t.doesNotThrow(
      () => loadConfig({ ...env, HOST: '0.0.0.0' }, config?.data?.['gateway.yaml'] ?? ''),
      'the gateway takes its gateway.yaml and its environment',
    );
    if (manifests.some(({ kind }) => kind === 'HorizontalPodAutoscaler')) {
      t.equal(gateway?.spec.replicas, undefined, 'the autoscaler alone says how many');
    }
  });

  t.test(
    `overlay ${overlay} by the schemas of Kubernetes`,
    { skip: skip || (existsSync(validator) ? false : 'kubernetes-validate (PyPI) is not installed') },
    async (t) => {
      const { status, stdout, stderr } = spawnSync(validator, ['--strict', '--quiet', '-'], {
        input: render(overlay),
        encoding: 'utf8',
      });
      t.equal(status, 0, stdout + stderr);
    },
  );
}

for (const component of readdirSync(join(folder, '../components'))) {
  t.test(`component ${component} alone on the base`, { skip }, async (t) => {
    const manifests = parseAllDocuments(renderWith(t, component)).map((document) => document.toJS() as Manifest);
    const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
    for (const { metadata, spec } of deployments) {
      t.strictSame(faultsOf(spec.template.spec), [], `${metadata.name} keeps to the policy`);
    }
    const gateway = deployments.find(({ metadata }) => metadata.name === 'sagemaker-gateway');
    const { env = [] } = gateway?.spec.template.spec.containers[0] ?? {};
    const names = env.map(({ name }) => name);
    t.equal(new Set(names).size, names.length, 'no variable is given twice');
    t.doesNotThrow(() =>
      loadConfig({ ...Object.fromEntries(env.map(({ name, value }) => [name, value])), AUTH: 'none', HOST: '0.0.0.0' }),
    );
  });
}

t.test('autoscalers read what the gateway shows', { skip }, async (t) => {
  const { app } = await doorGateway(t, {});
  const { names } = new Scrape((await app.inject({ url: '/metrics' })).body);
  const [hpa] = parseAllDocuments(renderWith(t, 'hpa'))
    .map(
      (document) => document.toJS() as { kind: string; spec: { metrics: { pods?: { metric: { name: string } } }[] } },
    )
    .filter(({ kind }) => kind === 'HorizontalPodAutoscaler');
  const ofPods = hpa?.spec.metrics.flatMap(({ pods }) => (pods ? [pods.metric.name] : [])) ?? [];
  t.strictSame(ofPods, ['gateway_requests_open'], 'requests in flight');
  const [scaled] = parseAllDocuments(renderWith(t, 'keda'))
    .map((document) => document.toJS() as { kind: string; spec: { triggers: { metadata: { query?: string } }[] } })
    .filter(({ kind }) => kind === 'ScaledObject');
  const asked = scaled?.spec.triggers.flatMap(({ metadata }) => seriesIn(metadata.query ?? '')) ?? [];
  t.strictSame(asked, ['gateway_requests_open']);
  for (const name of [...ofPods, ...asked]) t.ok(names.has(name), name);
});
