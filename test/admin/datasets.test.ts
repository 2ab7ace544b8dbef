import { request } from 'node:http';
import { Readable } from 'node:stream';
import { ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import t, { type Test } from 'tap';
import type { Dataset } from '../../src/admin/datasets/schema.ts';
import type { Page } from '../../src/admin/paging.ts';
import { startGateway } from '../gateway.ts';
import { adminClient, type ProblemBody } from './client.ts';

async function start(t: Test, settings = {}) {
  const gateway = await startGateway(t, settings);
  return { ...gateway, admin: adminClient(gateway.url) };
}

t.test('a data set lives', async (t) => {
  const { admin, workspace } = await start(t);
  const rows = 'y,age,"first, last"\n1,20,5\n0,30,\n';
  const made = await admin.upload<Dataset>('name=bank-train', rows);
  t.equal(made.status, 201);
  t.equal(made.headers.get('location'), '/admin/datasets/bank-train');
  t.match(made.body, {
    name: 'bank-train',
    uri: /^s3:\/\/.+\/datasets\/bank-train\/data\.csv$/,
    rows: 2,
    columns: 3,
    header: true,
    columnNames: ['y', 'age', 'first, last'],
    delimiter: ',',
    bytes: rows.length,
    createdAt: /^\d{4}-/,
  });
  t.strictSame((await admin.get('datasets/bank-train')).body, made.body);
  const stored = await workspace.readStream('datasets/bank-train/data.csv');
  t.equal(Buffer.concat(await stored.toArray()).toString(), rows, 'byte for byte');

  const again = await admin.upload<ProblemBody>('name=bank-train', 'a\n1\n');
  t.match(again, { status: 409, body: { code: 'already_exists' } });
  t.match((await admin.get('datasets/bank-train')).body, { rows: 2 }, 'the first one is as it was');

  const removed = await admin.remove<{ removed: string[] }>('datasets/bank-train');
  t.equal(removed.status, 200);
  t.match(removed.body.removed, [/dataset\.json$/, /data\.csv$/]);
  t.strictSame((await workspace.list('datasets/')).keys, []);
  t.match(await admin.get('datasets/bank-train'), { status: 404, body: { code: 'not_found' } });
  t.match(await admin.remove('datasets/bank-train'), { status: 404 });
});

t.test('lists come in pages', async (t) => {
  const { admin } = await start(t);
  for (const name of ['a', 'b', 'c']) await admin.upload(`name=${name}`, 'x\n1\n');
  const first = (await admin.get<Page<Dataset>>('datasets?limit=2')).body;
  t.strictSame(
    first.items.map(({ name }) => name),
    ['a', 'b'],
  );
  const second = (
    await admin.get<Page<Dataset>>(`datasets?limit=2&nextToken=${encodeURIComponent(first.nextToken ?? '')}`)
  ).body;
  t.strictSame(
    second.items.map(({ name }) => name),
    ['c'],
  );
  t.equal(second.nextToken, undefined);
  t.match(await admin.get('datasets?limit=0'), { status: 400, body: { errors: [{ pointer: 'query/limit' }] } });
});

t.test('headers are told from rows', async (t) => {
  const { admin } = await start(t);
  const shape = async (name: string, rows: string, more = '') => {
    const { header, columnNames, rows: count } = (await admin.upload<Dataset>(`name=${name}${more}`, rows)).body;
    return { header, columnNames, count };
  };
  t.strictSame(await shape('numbers', '1,2\n3,4\n'), { header: false, columnNames: ['_c0', '_c1'], count: 2 });
  t.strictSame(await shape('mixed', 'a,2\nb,4\n'), { header: false, columnNames: ['_c0', '_c1'], count: 2 });
  t.strictSame(await shape('pandas', ',age\n0,56\n'), { header: true, columnNames: ['_c0', 'age'], count: 1 });
  t.strictSame(await shape('excel', '\ufeff"age";"job"\r\n56;"a;b"\r\n', '&delimiter=%3B'), {
    header: true,
    columnNames: ['age', 'job'],
    count: 1,
  });
  t.strictSame(await shape('said-no', 'a,b\nc,d\n', '&header=false'), {
    header: false,
    columnNames: ['_c0', '_c1'],
    count: 2,
  });
  t.strictSame(await shape('said-yes', '2019,2020\n1,2\n', '&header=true'), {
    header: true,
    columnNames: ['2019', '2020'],
    count: 1,
  });
  t.strictSame(await shape('answers', 'yes,yes\nno,yes\n'), { header: false, columnNames: ['_c0', '_c1'], count: 2 });
  t.strictSame(await shape('no-line-end', '1,2\n3,4'), { header: false, columnNames: ['_c0', '_c1'], count: 2 });
});

t.test('nothing is kept of what is refused', async (t) => {
  const { admin, workspace, aws, log } = await start(t);
  const large = `${'1,2,3,4,5,6,7,8,9,10\n'.repeat(300_000)}1,2,3\n`;
  const refusals = [
    { what: 'an empty body', rows: '', detail: /empty/ },
    { what: 'a header alone', rows: 'a,b\n', detail: /no rows/ },
    { what: 'a ragged row', rows: 'a,b\n1,2\n1,2,3\n', detail: /row 2 has 3 columns, expected 2/ },
    { what: 'a ragged row at the end of 6 MB', rows: large, detail: /row 300001 has 3 columns, expected 10/ },
    { what: 'a header that repeats', rows: 'a,a\n1,2\n', detail: /"a" stands twice/ },
    { what: 'an open quote', rows: 'a,b\n"1,2\n', detail: /quote/i },
  ];
  for (const { what, rows, detail } of refusals) {
    const { status, body } = await admin.upload<ProblemBody>('name=bad', rows);
    t.equal(status, 400, what);
    t.match(body.detail, detail, what);
    t.strictSame((await workspace.list('datasets/')).keys, [], `nothing is left of ${what}`);
  }
  const { bucket } = await workspace.location('');
  const pending = await aws.s3.send(new ListMultipartUploadsCommand({ Bucket: bucket })).catch(() => undefined);
  t.strictSame(pending?.Uploads ?? [], [], 'no parts of an upload are left');

  t.match(await admin.upload('name=bad', '{}', 'application/json'), { status: 415 });
  t.match(await admin.upload('name=a/b', '1\n'), { status: 400, body: { errors: [{ pointer: 'query/name' }] } });
  t.match(await admin.upload('', '1\n'), { status: 400, body: { errors: [{ pointer: 'query/name' }] } });
  t.match(await admin.upload('name=x&colour=red', '1\n'), {
    status: 400,
    body: { errors: [{ pointer: 'query/colour' }] },
  });
  t.strictSame(
    log.filter(({ level }) => Number(level) > 30),
    [],
    'the mistakes of clients are no warnings',
  );
});

t.test('a body over the limit', async (t) => {
  const { admin, workspace } = await start(t, { uploadLimit: 100_000 });
  const rows = '1,2\n'.repeat(50_000);
  t.match(await admin.upload('name=large', rows), { status: 413, body: { code: 'body_too_large' } }, 'with its length');
  const stream = Readable.toWeb(Readable.from(rows.match(/.{1000}/gs) ?? [])) as ReadableStream;
  t.match(await admin.upload('name=large', stream), { status: 413, body: { code: 'body_too_large' } }, 'in chunks');
  t.strictSame((await workspace.list('datasets/')).keys, []);
  t.match(await admin.upload('name=small', '1,2\n'), { status: 201 }, 'the gateway goes on');
});

t.test('a client that breaks off leaves nothing and breaks nothing', async (t) => {
  const { url, admin, workspace, log } = await start(t);
  await new Promise<void>((resolve) => {
    const upload = request(`${url}/admin/datasets?name=half`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
    });
    upload.on('error', () => resolve());
    upload.write('a,b\n1,2\n', () => setTimeout(() => upload.destroy(), 100));
    upload.on('close', resolve);
  });
  t.match(await admin.upload('name=whole', 'a,b\n1,2\n'), { status: 201 });
  t.strictSame((await workspace.list('datasets/half/')).keys, []);
  t.strictSame(
    log.filter(({ level }) => Number(level) > 30),
    [],
  );
});
