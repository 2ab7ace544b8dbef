import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { sandbox } from '../local/sandbox.ts';
import { awsEnv, Container, docker, image } from './docker.ts';
import { waitFor } from './load.ts';

/** The image for arm64, built on another processor. */
const arm64 = process.env.ARM64_IMAGE_UNDER_TEST ?? '';
const skip = arm64 === '' || image === '' ? 'ARM64_IMAGE_UNDER_TEST names no image: no BuildKit here' : false;

/** The kernel hands what is for arm64 to an emulator, or runs it itself; or does neither. */
const notRun = (): string | false => {
  const version = ['run', '--rm', '--network', 'none', '--entrypoint', 'node', arm64, '--version'];
  return spawnSync('docker', version).status === 0 ? false : 'no emulator for arm64 here';
};

t.setTimeout(300_000);

t.test('for arm64: the base is, and what is shipped is the same', { skip }, async (t) => {
  t.equal(await docker('image', 'inspect', '--format', '{{.Os}}/{{.Architecture}}', arm64), 'linux/arm64');
  const shipped = async (name: string) => {
    const folder = await sandbox(t);
    const id = await docker('create', name);
    t.teardown(() => spawnSync('docker', ['rm', '--volumes', id]));
    await docker('cp', `${id}:/app`, folder);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    return files
      .map((file) => join(file.parentPath, file.name))
      .filter((path) => !/\/\.compile-cache\/|sbom\.cdx\.json$/.test(path))
      .map((path) => `${createHash('sha256').update(readFileSync(path)).digest('hex')} ${path.slice(folder.length)}`)
      .sort();
  };
  const [theirs, ours] = [await shipped(arm64), await shipped(image)];
  t.ok(ours.some((line) => line.endsWith(' /app/dist/main.js')));
  t.strictSame(theirs, ours);
});

t.test('for arm64: it starts, is healthy and stops', { skip: skip || notRun() }, async (t) => {
  const url = 'http://127.0.0.1:18202';
  // The emulator takes its share.
  const options = ['--network', 'host', '--memory', '1g', '--memory-swap', '1g'];
  const container = await Container.start(options, awsEnv(18_202, 'http://127.0.0.1:9'), arm64);
  t.teardown(() => container.remove());
  await waitFor(`${url}/healthz`, 200, 240_000);
  t.equal(await container.evaluate('console.log(process.arch)'), 'arm64');
  await container.signal('SIGTERM');
  t.equal(await container.ended(), 0);
});
