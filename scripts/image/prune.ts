// Removes from a node_modules folder what Node never loads: `node prune.ts node_modules`. Two thirds of it are types, maps, tests and copies for
// bundlers and other runtimes. Licences stay.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Files that are for compilers, debuggers and readers. */
const unused = /\.(d\.[cm]?ts|[cm]?tsx?|map|md|markdown|flow|tsbuildinfo|c|cc|h|gyp)$/i;
const licence = /licen[cs]e|notice|copying/i;

/** Folders that are so at the top of a package only; deeper down such a name can be code. */
const unusedFolders = new Set([
  ...['dist-types', 'test', 'tests', '__tests__', 'docs', 'benchmark', 'benchmarks', 'example', 'examples', '.github'],
  // Native add-ons of the packages for the Bare runtime; under Node they are wrappers of Node's own modules.
  'prebuilds',
]);

interface Manifest {
  readonly name?: string;
  readonly main?: string;
  readonly exports?: unknown;
}

const bundlerConditions = new Set(['types', 'module', 'browser', 'react-native', 'bare', 'deno', 'worker']);

/** Every file that `exports` can lead Node to: the first of its conditions that Node knows wins. */
function targetsOf(exports: unknown): string[] {
  if (typeof exports === 'string') return [exports];
  if (Array.isArray(exports)) return exports.flatMap(targetsOf);
  if (typeof exports !== 'object' || exports === null) return [];
  const entries = Object.entries(exports).filter(([key]) => !bundlerConditions.has(key));
  const node = entries.find(([key]) => key === 'node');
  return (node ? [node] : entries).flatMap(([, value]) => targetsOf(value));
}

/** AWS packages carry their code twice; `dist-es` is for bundlers wherever Node is sent to `dist-cjs`. */
export function isTwin(folder: string, { main = '', exports }: Manifest): boolean {
  if (folder !== 'dist-es' || !main.includes('dist-cjs')) return false;
  return !targetsOf(exports).some((target) => target.includes('dist-es'));
}

function manifestOf(folder: string): Manifest | undefined {
  const file = join(folder, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : undefined;
}

function prune(folder: string): void {
  const manifest = manifestOf(folder);
  const isPackage = manifest?.name !== undefined;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (isPackage && (unusedFolders.has(entry.name) || isTwin(entry.name, manifest)))
        rmSync(path, { recursive: true });
      else prune(path);
    } else if (entry.name === '.package-lock.json' || (unused.test(entry.name) && !licence.test(entry.name)))
      rmSync(path);
  }
}

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);

if (import.meta.main) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('prune.ts FOLDER');
  const before = sizeOf(folder);
  prune(folder);
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  process.stdout.write(`${folder}: ${megabytes(before)}, of which ${megabytes(sizeOf(folder))} stay\n`);
}
