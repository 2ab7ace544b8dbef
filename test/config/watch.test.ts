import { renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { ConfigError } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { watchConfig } from '../../src/config/watch.ts';

const yaml = (name: string) => `models:\n  ${name}: { endpoint: ${name} }\n`;

t.test('gateway.yaml is loaded anew, whole or not at all', async (t) => {
  const folder = t.testdir({ 'gateway.yaml': yaml('one') });
  const path = join(folder, 'gateway.yaml');
  const changes: Config[] = [];
  const refusals: ConfigError[] = [];
  const stop = watchConfig(
    path,
    {},
    { changed: (config) => changes.push(config), refused: (error) => refusals.push(error) },
  );
  t.teardown(stop);
  const happened = async (list: unknown[], count: number) => {
    for (let tries = 0; list.length < count && tries < 1_000; tries += 1) await sleep(20);
    t.equal(list.length, count);
  };

  writeFileSync(path, yaml('two'));
  await happened(changes, 1);
  t.strictSame(Object.keys(changes[0]?.models ?? {}), ['two']);

  writeFileSync(path, 'models:\n  a: { endpoint: "b b" }\ncolour: red\n');
  await happened(refusals, 1);
  t.equal(refusals[0]?.faults.length, 2, 'every fault is named');
  t.equal(changes.length, 1, 'the old one goes on');

  writeFileSync(join(folder, 'next'), yaml('three'));
  renameSync(join(folder, 'next'), path);
  await happened(changes, 2);
  t.strictSame(Object.keys(changes[1]?.models ?? {}), ['three'], 'a file put in its place, as editors do');

  process.kill(process.pid, 'SIGHUP');
  await happened(changes, 3);
  t.strictSame(Object.keys(changes[2]?.models ?? {}), ['three'], 'SIGHUP loads it in any case');
});

t.test('a ConfigMap changes by a symbolic link beside the file', async (t) => {
  const folder = t.testdir({ v1: { 'gateway.yaml': yaml('one') }, v2: { 'gateway.yaml': yaml('two') } });
  symlinkSync('v1', join(folder, '..data'));
  symlinkSync('..data/gateway.yaml', join(folder, 'gateway.yaml'));
  const changed = new Promise<Config>((resolve, reject) => {
    t.teardown(watchConfig(join(folder, 'gateway.yaml'), {}, { changed: resolve, refused: reject }));
  });
  symlinkSync('v2', join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  t.strictSame(Object.keys((await changed).models), ['two']);
});
