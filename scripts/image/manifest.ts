// package.json for one stage of the image, from standard input: `ship` has what runs, `build` what compiles. What only tests and lints would be
// hundreds of megabytes to fetch and throw away.
import { text } from 'node:stream/consumers';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** The compiler alone, which here turns types into nothing: they are checked before, at the gate. */
const compiles = (name: string): boolean => name === 'typescript';

export function manifestFor(stage: 'ship' | 'build', manifest: Manifest): Record<string, unknown> {
  const { dependencies, devDependencies, scripts: _scripts, tap: _tap, allowScripts: _allowed, ...rest } = manifest;
  if (stage === 'ship') return { ...rest, dependencies };
  return {
    ...rest,
    dependencies: Object.fromEntries(Object.entries(devDependencies).filter(([name]) => compiles(name))),
  };
}

if (import.meta.main) {
  const [stage] = process.argv.slice(2);
  if (stage !== 'ship' && stage !== 'build') throw new Error('manifest.ts ship|build < package.json');
  const manifest = manifestFor(stage, JSON.parse(await text(process.stdin)) as Manifest);
  process.stdout.write(`${JSON.stringify(manifest, null, 2)}\n`);
}
