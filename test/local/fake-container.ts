import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A training container that does what its hyperparameters say. */
const prefix = process.env.SM_PREFIX ?? '';
const config = (name: string) => JSON.parse(readFileSync(join(prefix, `input/config/${name}.json`), 'utf8'));
const { mode = 'ok', ...rest } = config('hyperparameters');
let stopped = false;
process.on('SIGTERM', () => {
  stopped = mode !== 'deaf';
});

const data = join(prefix, 'input/data');
const files = readdirSync(data, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => [
    join(entry.parentPath, entry.name).slice(data.length),
    readFileSync(join(entry.parentPath, entry.name), 'utf8'),
  ]);
const seen = {
  pid: process.pid,
  argv: process.argv.slice(2),
  rest,
  files,
  channels: config('inputdataconfig'),
  hosts: config('resourceconfig').hosts,
  extra: process.env.EXTRA,
};
console.log(`seen ${JSON.stringify(seen)}`);
console.error('to stderr');
console.log('loss=0.5\tacc=0.1');
console.log(`reading ${prefix}/input/data`);

if (mode === 'fail' || mode === 'client error') {
  writeFileSync(join(prefix, 'output/failure'), mode === 'fail' ? 'no good' : 'ClientError: bad data');
  process.exit(3);
}
if (mode === 'silent failure') process.exit(1);
writeFileSync(join(prefix, 'model/model.json'), '{"whole":true}');
writeFileSync(join(prefix, 'output/data/report.txt'), 'report');
if (mode === 'wait') {
  const sign = setInterval(() => undefined, 1000);
  while (!stopped) await sleep(20);
  clearInterval(sign);
  console.log('stopping');
}
console.log('loss=0.25\tacc=1e-2');
