// Software bill of materials of what is shipped, in CycloneDX JSON: `npm run sbom > sbom.cdx.json`. The image has its own at /app/sbom.cdx.json.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readLock, shippedPackages } from './licences.ts';

interface Bom {
  readonly metadata: { readonly component: { readonly 'bom-ref': string; name: string } };
  components: readonly { readonly 'bom-ref': string; readonly name: string; readonly version: string }[];
  dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

const { name } = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string };
const npm = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
const bom = JSON.parse(execFileSync('npm', npm, { encoding: 'utf8', maxBuffer: 1e8 })) as Bom;
// npm gives it the name of the folder, and with `--omit dev` leaves out what development needs too.
bom.metadata.component.name = name;
const shipped = new Set(shippedPackages(readLock()).map((each) => `${each.name} ${each.version}`));
bom.components = bom.components.filter((component) => shipped.has(`${component.name} ${component.version}`));
const refs = new Set([bom.metadata.component['bom-ref'], ...bom.components.map((component) => component['bom-ref'])]);
bom.dependencies = bom.dependencies
  .filter(({ ref }) => refs.has(ref))
  .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
process.stdout.write(`${JSON.stringify(bom)}\n`);
