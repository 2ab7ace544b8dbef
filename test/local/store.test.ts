import { appendFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { lockState } from '../../src/local/store/state-lock.ts';
import { Table } from '../../src/local/store/table.ts';
import { sandbox } from './sandbox.ts';

t.test('a table', async (t) => {
  const path = join(await sandbox(t), 'deep/down/table.jsonl');

  await t.test('is read back as it was left', async (t) => {
    const table = await Table.open<{ n: number }>(path);
    await Promise.all(Array.from({ length: 50 }, (_, n) => table.set(`k${n % 10}`, { n })));
    t.equal(await table.delete('k3'), true);
    t.equal(await table.delete('k3'), false);
    await table.close();
    const again = await Table.open<{ n: number }>(path);
    t.equal(again.size, 9);
    t.same(again.get('k9'), { n: 49 });
    t.equal(again.get('k3'), undefined);
    await again.close();
  });

  await t.test('has what it said it had, without having been closed', async (t) => {
    const table = await Table.open<{ n: number }>(path);
    await table.set('k1', { n: 100 });
    const text = await readFile(path, 'utf8');
    t.ok(text.endsWith('["k1",{"n":100}]\n'));
    await table.close();
  });

  await t.test('forgets a line that a crash cut off, and nothing else', async (t) => {
    await appendFile(path, '["k1",{"n":1');
    const table = await Table.open<{ n: number }>(path);
    t.same(table.get('k1'), { n: 100 });
    await table.set('k2', { n: 200 });
    await table.close();
    const again = await Table.open<{ n: number }>(path);
    t.same([again.get('k1'), again.get('k2')], [{ n: 100 }, { n: 200 }]);
    await again.close();
  });

  await t.test('survives a crash in the middle of its rewriting', async (t) => {
    await writeFile(`${path}.draft`, 'half');
    const table = await Table.open<{ n: number }>(path);
    t.same(table.get('k1'), { n: 100 });
    await table.close();
  });

  await t.test('is rewritten on opening, so that it does not grow for ever', async (t) => {
    const table = await Table.open<{ n: number }>(path);
    for (let n = 0; n < 200; n++) table.set('k1', { n });
    await table.set('k1', { n: 200 });
    await table.close();
    const before = (await stat(path)).size;
    const again = await Table.open<{ n: number }>(path);
    t.ok((await stat(path)).size < before / 5);
    t.same(again.get('k1'), { n: 200 });
    await again.close();
  });
});

t.test('the lock of a state folder', async (t) => {
  const folder = await sandbox(t);
  const path = join(folder, 'lock');

  const release = await lockState(folder);
  await t.rejects(
    lockState(folder),
    { message: new RegExp(`in use by process ${process.pid}\\.`) },
    'held by this process',
  );
  await release();

  await writeFile(path, '1');
  await t.rejects(lockState(folder), { message: /in use by process 1\./ }, 'held by a living process');

  await writeFile(path, '999999999');
  const taken = await lockState(folder);
  t.equal(await readFile(path, 'utf8'), String(process.pid), 'a dead one leaves it to the next');
  await taken();

  await writeFile(path, String(process.pid));
  const own = await lockState(folder);
  await own();
  t.pass('one of our pid, but of a process before us, as in a container that restarts');
});
