// package.json for the image, from standard input: `build` has what runs and what bundles it, `ship` what the gateway reads of itself. What only
// tests and lints would be hundreds of megabytes to fetch and throw away.
import { text } from 'node:stream/consumers';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Types are checked before, at the gate. */
const bundles = (name: string): boolean => name === 'esbuild';

function manifestFor(stage: 'ship' | 'build', manifest: Manifest): Record<string, unknown> {
  const { dependencies, devDependencies, scripts: _scripts, tap: _tap, allowScripts: _allowed, ...rest } = manifest;
  if (stage === 'ship') return rest;
  const tools = Object.fromEntries(Object.entries(devDependencies).filter(([name]) => bundles(name)));
  return { ...rest, dependencies, devDependencies: tools };
}

const [stage] = process.argv.slice(2);
if (stage !== 'ship' && stage !== 'build') throw new Error('manifest.ts ship|build < package.json');
const manifest = manifestFor(stage, JSON.parse(await text(process.stdin)) as Manifest);
process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
