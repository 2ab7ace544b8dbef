// A processing job's script, as a user would upload it: does what its argument says.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(process.env.SM_PREFIX, 'processing');
const config = (name) => JSON.parse(readFileSync(join(process.env.SM_PREFIX, `config/${name}.json`), 'utf8'));
const say = (message) => writeFileSync(join(process.env.SM_PREFIX, 'output/message'), message);
const [mode, ...rest] = process.argv.slice(2);
const files = readdirSync(join(folder, 'input'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.endsWith('.mjs'))
  .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')])
  .sort();
console.log(`seen ${JSON.stringify({ rest, files, extra: process.env.EXTRA, hosts: config('resourceconfig').hosts })}`);
console.error(`in ${folder}`);
say(mode === 'bytes' ? Buffer.from([0xff, 0xfe]) : `${mode} in ${folder}, ${'x'.repeat(2000)}`);
mkdirSync(join(folder, 'out/deep'), { recursive: true });
writeFileSync(join(folder, 'out/deep/rows.csv'), files.map(([, text]) => text).join(''));
writeFileSync(join(folder, 'out/config.json'), JSON.stringify(config('processingjobconfig')));
if (mode === 'fail') process.exit(3);
if (mode === 'wait') {
  const alive = setInterval(() => undefined, 1000);
  process.once('SIGTERM', () => {
    console.log('SIGTERM');
    clearInterval(alive);
  });
  console.log('waiting');
}
