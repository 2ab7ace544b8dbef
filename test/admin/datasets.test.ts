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
  const { version } = made.body;
  t.equal(made.headers.get('location'), `/admin/datasets/bank-train@${version}`);
  t.match(made.body, {
    name: 'bank-train',
    version: /^\d{8}T\d{9}Z-[0-9a-f]{4}$/,
    status: 'Completed',
    uri: new RegExp(`^s3://.+/datasets/bank-train/${version}/data\\.csv$`),
    rows: 2,
    columns: 3,
    header: true,
    columnNames: ['y', 'age', 'first, last'],
    delimiter: ',',
    bytes: rows.length,
    createdAt: /^\d{4}-/,
  });
  t.strictSame((await admin.get('datasets/bank-train')).body, made.body);
  const stored = await workspace.readStream(`datasets/bank-train/${version}/data.csv`);
  t.equal(Buffer.concat(await stored.toArray()).toString(), rows, 'byte for byte');

  const removed = await admin.remove<{ removed: string[] }>('datasets/bank-train');
  t.equal(removed.status, 200);
  t.match(removed.body.removed, [/dataset\.json$/, /data\.csv$/, /profile\.json$/]);
  t.strictSame((await workspace.list('datasets/')).keys, []);
  t.match(await admin.get('datasets/bank-train'), { status: 404, body: { code: 'not_found' } });
  t.match(await admin.remove('datasets/bank-train'), { status: 404 });
});

t.test('versions of a data set', async (t) => {
  const { admin } = await start(t);
  const first = (await admin.upload<Dataset>('name=rows', 'a\n1\n')).body;
  // What arrives at the same moment under one name does not meet.
  const both = await Promise.all([3, 4].map((rows) => admin.upload<Dataset>('name=rows', `a\n${'7\n'.repeat(rows)}`)));
  t.strictSame(
    both.map(({ status, body }) => [status, body.rows]),
    [
      [201, 3],
      [201, 4],
    ],
  );
  const { items } = (await admin.get<Page<Dataset>>('datasets/rows/versions')).body;
  t.equal(items.length, 3);
  t.strictSame(items[2], first, 'newest first');
  const newest = items[0] as Dataset;
  t.strictSame((await admin.get('datasets/rows')).body, newest, 'by its name alone the newest');
  t.strictSame((await admin.get(`datasets/rows@${first.version}`)).body, first);
  t.match(await admin.get('datasets/rows@20261124T150832123Z-0000'), { status: 404 });
  t.match(await admin.get('datasets/rows@x'), { status: 400 });

  t.match(await admin.remove(`datasets/rows@${newest.version}`), { status: 200 });
  t.strictSame((await admin.get('datasets/rows')).body, items[1]);
  t.match((await admin.remove<{ removed: string[] }>('datasets/rows')).body.removed, { length: 6 });
  t.match(await admin.get('datasets/rows'), { status: 404 });
  t.match(await admin.get('datasets/rows/versions'), { status: 404 });
});

t.test('an upload whose replica died is no data set to work with', async (t) => {
  const { admin, workspace } = await start(t);
  const whole = (await admin.upload<Dataset>('name=rows', 'a\n1\n')).body;
  const version = '20990101T000000000Z-0000';
  const half = { ...whole, version, status: 'InProgress', heartbeatAt: new Date().toISOString() };
  const store = (record: object) => workspace.writeJson(`datasets/rows/${version}/dataset.json`, record);
  await store(half);
  t.match(await admin.get('datasets/rows'), { body: { version: whole.version } }, 'the newest that is complete');
  t.match(await admin.get(`datasets/rows@${version}/preview`), { status: 409, body: { code: 'conflict' } });
  await store({ ...half, heartbeatAt: new Date(Date.now() - 61_000).toISOString() });
  t.match(await admin.get(`datasets/rows@${version}`), { body: { status: 'Failed', failureReason: /replica/ } });
  t.match(await admin.events('datasets/rows'), [{ event: 'end', data: { version, status: 'Failed' } }]);
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
