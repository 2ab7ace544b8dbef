// The production packages with their licences, from the lock file: `npm run licences`.
import { readFileSync } from 'node:fs';

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

interface Lock {
  readonly packages: Readonly<Record<string, { version?: string; license?: string; dev?: boolean }>>;
}

/** What is installed without the development dependencies, the project itself left out. */
export function shippedPackages({ packages }: Lock): LockedPackage[] {
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { version = '', license = 'unknown' }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      licence: license,
    }));
}

export const readLock = (): Lock =>
  JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as Lock;

if (import.meta.main) {
  const packages = shippedPackages(readLock());
  const byLicence = Map.groupBy(packages, ({ licence }) => licence);
  for (const [licence, those] of [...byLicence].sort(([, a], [, b]) => b.length - a.length)) {
    process.stdout.write(`${licence}: ${those.length}\n`);
    for (const { name, version } of those) process.stdout.write(`  ${name} ${version}\n`);
  }
}
