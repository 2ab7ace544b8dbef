// Makes a fresh clone runnable: installs, builds and prepares the test runner, each only when it is missing or older than its source.
// Plain JavaScript, because it runs before the project's own Node (a development dependency) and TypeScript are there.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname ?? '.', '..');
const wanted = new Set(process.argv.slice(2));

/** Modification time of a file in ms; 0 when it is missing, so that a missing output is always older than its source. */
const modified = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

const newest = (folder) =>
  Math.max(...readdirSync(join(root, folder), { recursive: true }).map((name) => modified(join(folder, name))));

function run(why, command, ...args) {
  process.stderr.write(`${why} …\n`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (modified('node_modules/.package-lock.json') < modified('package-lock.json')) {
  run('Installing the dependencies', 'npm', 'ci', '--no-audit', '--loglevel=error');
}
if (wanted.has('--build') && modified('dist/.tsbuildinfo') < Math.max(newest('src'), modified('tsconfig.build.json'))) {
  run('Building', 'npm', 'run', '--silent', 'build');
}
if (
  wanted.has('--test') &&
  modified('node_modules/@tapjs/test/test-built/dist') < modified('node_modules/.package-lock.json')
) {
  run('Preparing the test runner', 'npx', 'tap', 'build');
}
