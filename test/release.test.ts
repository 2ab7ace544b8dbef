import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { readLock, shippedPackages } from '../scripts/image/licences.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

t.test('what is shipped has licences that ask for nothing but their notice', async (t) => {
  const allowed = new Set(['MIT', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', '0BSD']);
  // Swagger UI's static files are served by @fastify/static, which brings glob; as permissive, but to be known.
  const known = new Set([
    '@isaacs/nonrecursive-glob-match',
    'glob',
    'lru-cache',
    'minimatch',
    'minipass',
    'path-scurry',
  ]);
  const packages = shippedPackages(readLock());
  t.ok(packages.length > 100);
  const others = packages.filter(({ licence }) => !allowed.has(licence));
  t.strictSame(
    others.filter(({ name, licence }) => licence !== 'BlueOak-1.0.0' || !known.has(name)),
    [],
  );
});

t.test('the bill of materials names all that is shipped, with versions and licences', async (t) => {
  const text = execFileSync('node', ['scripts/image/sbom.ts'], { cwd: root, encoding: 'utf8', maxBuffer: 1e8 });
  const { bomFormat, metadata, components, dependencies } = JSON.parse(text) as {
    bomFormat: string;
    metadata: { component: { name: string; type: string } };
    dependencies: { ref: string; dependsOn: string[] }[];
    components: { name: string; group?: string; version: string; purl: string; licenses?: unknown[] }[];
  };
  t.equal(bomFormat, 'CycloneDX');
  t.match(metadata.component, { name: 'sagemaker-gateway', type: 'application' });
  const named = new Set(components.map(({ name, version }) => `${name} ${version}`));
  const missing = shippedPackages(readLock()).filter(({ name, version }) => !named.has(`${name} ${version}`));
  t.strictSame(missing, []);
  t.ok(
    components.every(({ name }) => name !== 'typescript' && name !== 'tap'),
    'nothing that only tests need',
  );
  t.ok(dependencies.some(({ ref, dependsOn }) => ref.startsWith('fastify@') && dependsOn.length > 5));
  t.ok(components.every(({ licenses }) => licenses?.length));
});

t.test('a release: the version in every place, the change log closed, a commit and a tag', async (t) => {
  // Below the checkout, whose modules it then finds.
  const clone = join(t.testdir({}), 'clone');
  const git = (...args: string[]) => execFileSync('git', ['-C', clone, ...args], { encoding: 'utf8' }).trim();
  execFileSync('git', ['clone', '--quiet', root, clone]);
  git('config', 'user.name', 'release');
  git('config', 'user.email', 'release@example.com');
  const release = (...args: string[]) =>
    spawnSync(join(clone, 'scripts/release.sh'), [...args, '--without-audit'], { encoding: 'utf8' });

  t.match(release('1.2'), { status: 1, stderr: /no semantic version/ });
  const made = release('9.8.7');
  t.equal(made.status, 0, made.stderr);
  t.equal(git('status', '--porcelain'), '');
  t.equal(git('describe', '--exact-match'), 'v9.8.7');
  const read = (file: string) => readFileSync(join(clone, file), 'utf8');
  for (const file of ['package.json', 'package-lock.json', 'openapi.yaml', 'docker/compose.yaml', 'README.md'])
    t.match(read(file), '9.8.7', file);
  for (const file of ['base', 'overlays/eks-pod-identity'])
    t.match(read(`k8s/${file}/kustomization.yaml`), /newTag: 9\.8\.7/, file);
  t.match(read('CHANGELOG.md'), /## Unreleased\n\n## 9\.8\.7 - \d{4}-\d\d-\d\d\n/);
  t.match(release('9.8.8'), { status: 1, stderr: /nothing new/ });
});
