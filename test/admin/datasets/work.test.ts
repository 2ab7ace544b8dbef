import t from 'tap';
import type { DatasetProfile } from '../../../src/admin/datasets/profile-schema.ts';
import type { Dataset, Preview } from '../../../src/admin/datasets/schema.ts';
import { startGateway } from '../../gateway.ts';
import { adminClient } from '../client.ts';

const gateway = await startGateway(t, { allowedBuckets: ['elsewhere'] });
const admin = adminClient(gateway.url);
const wait = { prefer: 'wait=30' };

/** 100 rows: every fifth is yes; 999 in `days` means never. */
const shop = ['id;job;days;sold']
  .concat(
    Array.from(
      { length: 100 },
      (_, i) =>
        `${i};${['clerk', 'maid, "old"', 'unknown'][i % 3]};${i % 4 === 0 ? 999 : i % 7};${i % 5 ? 'no' : 'yes'}`,
    ),
  )
  .join('\n');
await admin.upload('name=shop&delimiter=%3B', shop.replaceAll('maid, "old"', '"maid, ""old"""'));

t.test('a profile, exact', async (t) => {
  const { body } = await admin.get<DatasetProfile>('datasets/shop/profile');
  t.match(body, { dataset: /^shop@/, rows: 100 });
  const [id, job, days, sold] = body.columns;
  t.strictSame(id, {
    ...{ name: 'id', type: 'integer', missing: 0, numbers: 100, distinct: 100, min: 0, max: 99, mean: 49.5 },
    // numpy.arange(100).std(ddof=1), numpy.quantile, numpy.histogram
    std: 29.011491975882016,
    quantiles: { p5: 4.95, p25: 24.75, p50: 49.5, p75: 74.25, p95: 94.05 },
    values: id?.values,
    histogram: { edges: id?.histogram?.edges, counts: Array.from({ length: 20 }, () => 5) },
  });
  t.match(job, {
    type: 'category',
    distinct: 3,
    values: [
      { value: 'clerk', count: 34 },
      { value: 'maid, "old"', count: 33 },
      { value: 'unknown', count: 33 },
    ],
  });
  t.match(days, { type: 'integer', min: 0, max: 999, values: [{ value: '999', count: 25 }] });
  t.match(sold, {
    type: 'category',
    values: [
      { value: 'no', count: 80 },
      { value: 'yes', count: 20 },
    ],
  });
});

t.test('a preview', async (t) => {
  const { body } = await admin.get<Preview>('datasets/shop/preview?rows=2');
  t.match(body, {
    columnNames: ['id', 'job', 'days', 'sold'],
    rows: [
      ['0', 'clerk', '999', 'yes'],
      ['1', 'maid, "old"'],
    ],
  });
  t.equal(body.rows.length, 2);
});

t.test('a split: exact shares, alike in strata, the same by the same seed', async (t) => {
  const order = { parts: { train: 0.7, validation: 0.1, test: 0.2 }, seed: 7, stratifyBy: 'sold' };
  type Parts = Record<string, Dataset>;
  const { status, headers, body } = await admin.post<Parts>('datasets/shop/split', order, wait);
  t.equal(status, 201);
  t.match(headers.get('location'), /^\/admin\/datasets\/shop-train@/);
  t.match(body, {
    train: { name: 'shop-train', rows: 70, status: 'Completed', from: /^shop@/, header: true },
    validation: { rows: 10 },
    test: { name: 'shop-test', rows: 20 },
  });
  const yes = async (name: string) =>
    (await admin.get<DatasetProfile>(`datasets/${name}/profile`)).body.columns
      .at(-1)
      ?.values?.find(({ value }) => value === 'yes')?.count;
  t.strictSame(await Promise.all(['shop-train', 'shop-validation', 'shop-test'].map(yes)), [14, 2, 4]);

  const rows = async (name: string) => (await admin.get<Preview>(`datasets/${name}/preview?rows=1000`)).body.rows;
  const before = await Promise.all([rows('shop-train'), rows('shop-validation'), rows('shop-test')]);
  const ids = before.map((part) => part.map(([id]) => Number(id)));
  t.strictSame(
    ids.flat().sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, i) => i),
    'every row is in one part',
  );
  t.strictSame(
    ids[2],
    ids[2]?.toSorted((a, b) => a - b),
    'rows keep their order',
  );
  await admin.post('datasets/shop/split', order, wait);
  t.strictSame(await rows('shop-test'), before[2]);
  await admin.post('datasets/shop/split', { ...order, seed: 8 }, wait);
  t.not(JSON.stringify(await rows('shop-test')), JSON.stringify(before[2]));

  const pointers = async (more: object) => {
    const { status, body } = await admin.post<{ errors: { pointer: string }[] }>('datasets/shop/split', {
      ...order,
      ...more,
    });
    return [status, ...(body.errors?.map(({ pointer }) => pointer) ?? [])];
  };
  t.strictSame(await pointers({ parts: { a: 0.5, b: 0.4 } }), [400, '/parts']);
  t.strictSame(await pointers({ parts: { a: 0.999, b: 0.001 } }), [400, '/parts/b']);
  t.strictSame(await pointers({ stratifyBy: 'nothing' }), [400, '/stratifyBy']);
  t.match(await admin.post('datasets/nothing/split', order), { status: 404 });
});

t.test('a preparation', async (t) => {
  const order = {
    ...{ as: 'ready', label: 'sold', dropColumns: ['id'], missing: { days: ['999'], '*': ['unknown'] } },
  };
  const { status, body } = await admin.post<Dataset>('datasets/shop/prepare', order, wait);
  t.equal(status, 201);
  const job = { name: 'job', categories: ['clerk', 'maid, "old"'], columns: ['job_clerk', 'job_maid, "old"'] };
  t.match(body, {
    status: 'Completed',
    columnNames: ['sold', 'job_clerk', 'job_maid, "old"', 'days'],
    classes: ['no', 'yes'],
    categories: [job],
  });
  t.strictSame((await admin.get<Preview>('datasets/ready/preview?rows=3')).body.rows, [
    ['1', '1', '0', ''],
    ['0', '0', '1', '1'],
    ['0', '', '', '2'],
  ]);

  const { body: parts } = await admin.post<Record<string, Dataset>>(
    'datasets/ready/split',
    { parts: { a: 0.5, b: 0.5 } },
    wait,
  );
  t.match(parts.a, { categories: [job], classes: ['no', 'yes'] }, 'parts know it too');

  await admin.post('training-jobs', {
    name: 'shop',
    algorithm: 'xgboost',
    hyperparameters: { objective: 'binary:logistic', num_round: 2 },
    inputs: { train: 'ready-a', validation: 'ready-b' },
    label: 'sold',
  });
  await admin.events('training-jobs/shop');
  t.match(await gateway.workspace.readJson('training/shop/features.json'), [
    { ...job, type: 'category' },
    { name: 'days', type: 'integer', max: 6 },
  ]);

  const faults = async (more: object) =>
    (
      await admin.post<{ errors: { pointer: string }[] }>('datasets/shop/prepare', { ...order, ...more })
    ).body.errors?.map(({ pointer }) => pointer);
  t.strictSame(await faults({ label: 'x', dropColumns: ['y'], missing: { z: ['1'] }, categories: ['w'] }), [
    ...['/label', '/dropColumns/0', '/categories/0', '/missing/z'],
  ]);
  t.strictSame(await faults({ classes: ['no', 'maybe'] }), ['/classes']);
  t.strictSame(await faults({ dropColumns: ['id', 'job', 'days'] }), ['/dropColumns']);
  t.strictSame(await faults({ dropColumns: ['sold'] }), ['/dropColumns/0']);
  await admin.upload('name=holes', 'y,x\n1,2\n,3\n');
  t.match(await admin.post('datasets/holes/prepare', { as: 'r', label: 'y' }), {
    status: 400,
    body: { errors: [{ pointer: '/label', detail: /no value in 1 rows/ }] },
  });
});

t.test('numbers that are names, and labels that are numbers', async (t) => {
  await admin.upload('name=zips', 'price,zip\n1.5,10\n2.5,20\n3.5,10\n');
  const order = { as: 'zips-ready', label: 'price', categories: ['zip'] };
  const { body } = await admin.post<Dataset>('datasets/zips/prepare', order, wait);
  t.match(body, {
    columnNames: ['price', 'zip_10', 'zip_20'],
    categories: [{ name: 'zip', categories: ['10', '20'] }],
  });
  t.notOk('classes' in body);
});

t.test('rows that lie in S3 are registered, and stay', async (t) => {
  const { workspace } = gateway;
  await workspace.writeText('somewhere/rows.csv', 'a,b\n1,x\n2,y\n', 'text/csv');
  const uri = await workspace.uri('somewhere/rows.csv');
  const { status, headers, body } = await admin.post<Dataset>('datasets/register', { name: 'mine', uri }, wait);
  t.equal(status, 201);
  t.match(headers.get('location'), /^\/admin\/datasets\/mine@/);
  t.match(body, { status: 'Completed', uri, rows: 2, columnNames: ['a', 'b'] });
  t.match((await admin.get<DatasetProfile>('datasets/mine/profile')).body.columns, [{ mean: 1.5 }, { distinct: 2 }]);

  t.match(await admin.post('datasets/register', { name: 'none', uri: `${uri}x` }), { status: 404 });
  t.match(await admin.post('datasets/register', { name: 'none', uri: 's3://foreign/rows.csv' }), { status: 400 });
  await workspace.writeText('somewhere/ragged.csv', 'a,b\n1,x\n2\n', 'text/csv');
  const ragged = { name: 'ragged', uri: await workspace.uri('somewhere/ragged.csv') };
  t.match(await admin.post('datasets/register', ragged, wait), {
    status: 201,
    body: { status: 'Failed', failureReason: /row 2 has 1 columns, expected 2/ },
  });
  t.match(await admin.get('datasets/ragged/profile'), {
    status: 409,
    body: { detail: /Failed, not Completed: row 2/ },
  });

  await workspace.writeText('somewhere/rows.csv', 'a,b\n1,x\n2,y\n3,z\n', 'text/csv');
  t.match(
    await admin.post('datasets/mine/split', { parts: { a: 0.5, b: 0.5 } }, wait),
    { body: { a: { status: 'Failed', failureReason: /not those any more/ }, b: { status: 'Failed' } } },
    'rows that have changed are told',
  );
  await admin.remove('datasets/mine');
  t.ok(await workspace.readStream('somewhere/rows.csv').then((rows) => rows.destroy()));
});

t.test('work is followed by events, and an unfinished one is told when the gateway ends', async (t) => {
  const other = await startGateway(t);
  const client = adminClient(other.url);
  await client.upload('name=many', `a,b\n${'1,2\n'.repeat(100_000)}`);
  const { status, body } = await client.post<Record<string, Dataset>>('datasets/many/split', {
    parts: { train: 0.8, test: 0.2 },
  });
  t.equal(status, 202);
  t.match(body, { train: { status: 'InProgress' }, test: { status: 'InProgress' } });
  t.match((await client.events('datasets/many-test')).at(-1), {
    event: 'end',
    data: { status: 'Completed', rows: 20_000 },
  });

  await client.post('datasets/many/split', { parts: { late: 0.5, later: 0.5 } });
  await other.app.close();
  const [key = ''] = (await other.workspace.list('datasets/many-late/')).keys.filter((one) =>
    one.endsWith('dataset.json'),
  );
  t.match(await other.workspace.readJson(key), { status: 'Failed', failureReason: /stopped/ });
});
