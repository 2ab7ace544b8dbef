import { brotliCompressSync, gzipSync } from 'node:zlib';
import t from 'tap';
import { createApiKey } from '../../src/auth/api-key.ts';
import type { Invocation } from '../../src/sagemaker/invoke.ts';
import { doorGateway } from './gateway.ts';

const { key, stored } = createApiKey();
const clients = { acme: { keys: [stored], scopes: ['predict', 'admin:read', 'admin:write'] } };
const features = [{ name: 'age' }, { name: 'job', type: 'category' }];
const models = { bank: { endpoint: 'bank', features } };
const sent: Invocation[] = [];
const { app } = await doorGateway(t, { clients, models, bodyLimit: 4 * 1024 * 1024 }, async (invocation) => {
  sent.push(invocation);
  return { contentType: 'text/csv', body: Buffer.from('0.5\n'), headers: {} };
});

const post = (url: string, payload: string | Buffer, headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url,
    payload,
    headers: { 'x-api-key': key, 'content-type': 'application/json', ...headers },
  });

/** The answer, and what it took of the processor, ms: what others take beside this process does not count. */
async function timed<T>(work: Promise<T>): Promise<[T, number]> {
  const began = process.cpuUsage();
  const answer = await work;
  const { user, system } = process.cpuUsage(began);
  return [answer, (user + system) / 1_000];
}

t.test('no prototype is polluted', async (t) => {
  for (const body of [
    '{"__proto__": {"polluted": 1}, "data": "1,2"}',
    '{"constructor": {"prototype": {"polluted": 1}}, "data": "1,2"}',
    '{"instances": [{"__proto__": {"polluted": 1}, "age": 1, "job": "x"}]}',
    '{"instances": [{"constructor": {"prototype": {"polluted": 1}}, "age": 1, "job": "x"}]}',
    '{"columns": {"__proto__": [1], "age": [1], "job": ["x"]}}',
  ])
    t.equal((await post('/predict', body)).statusCode, 400, body);
  for (const [type, body] of [
    ['application/jsonlines', '{"__proto__": {"polluted": 1}, "age": 1, "job": "x"}\n'],
    ['application/jsonlines', '{"age": 1, "job": "x", "constructor": {"prototype": {"polluted": 1}}}\n'],
  ] as const)
    t.equal((await post('/predict', body, { 'content-type': type })).statusCode, 400, body);
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
    t.not((await post(`/predict/${name}`, '{"data": "1,2"}')).statusCode, 200, name);
  t.notOk('polluted' in {});
});

t.test('names are names, not paths', async (t) => {
  sent.length = 0;
  for (const name of [
    '..%2f..%2fetc',
    '%2e%2e',
    '..%5c',
    'a%00b',
    'a%0d%0ab',
    '%ff',
    'a%2fb',
    'a;b',
    'x'.repeat(300),
  ]) {
    for (const url of [`/predict/${name}`, `/endpoints/${name}/invocations`, `/admin/datasets/${name}/split`]) {
      const { statusCode } = await post(url, '{"data": "1,2"}');
      t.ok(statusCode === 400 || statusCode === 404, `${url}: ${statusCode}`);
    }
    const removal = await app.inject({
      method: 'DELETE',
      url: `/admin/datasets/${name}`,
      headers: { 'x-api-key': key },
    });
    t.ok([400, 404].includes(removal.statusCode), `DELETE ${name}: ${removal.statusCode}`);
  }
  t.strictSame(sent, []);
});

t.test('headers for SageMaker cannot carry others', async (t) => {
  for (const value of ['a\u0001b', 'a\u007fb', 'ü', 'x'.repeat(1_025)]) {
    const { statusCode } = await post('/endpoints/bank/invocations', '1', {
      'content-type': 'text/csv',
      'x-amzn-sagemaker-custom-attributes': value,
    });
    t.equal(statusCode, 400, JSON.stringify(value.slice(0, 5)));
  }
});

t.test('compressed bodies are refused before they are read', async (t) => {
  const bomb = Buffer.alloc(3_000_000);
  for (const [encoding, body] of [
    ['gzip', gzipSync(bomb)],
    ['br', brotliCompressSync(bomb)],
    ['gzip, gzip', gzipSync(gzipSync(bomb))],
  ] as const) {
    const answer = await post('/predict', body, { 'content-encoding': encoding });
    t.match(answer.json(), { status: 415, code: 'unsupported_media_type' }, encoding);
    t.equal(answer.headers['accept-encoding'], 'identity');
  }
  t.equal((await post('/predict', '{"data":"1,2"}', { 'content-encoding': 'identity' })).statusCode, 200);
});

t.test('deep and wide JSON is refused soon, with a small answer', async (t) => {
  const deep = '['.repeat(1_000_000) + ']'.repeat(1_000_000);
  const bodies = {
    deep,
    'deep in a field': `{"instances": ${deep}}`,
    'many unknown fields': `{${Array.from({ length: 100_000 }, (_, i) => `"f${i}":1`).join()}}`,
    'many wrong rows': `{"instances": [${'{"x":1},'.repeat(200_000)}{"x":1}]}`,
    'a row with too many columns': `{"data": "${'1,'.repeat(500_000)}1"}`,
    'many rows of wrong width': `{"data": "${'1\\n'.repeat(500_000)}1"}`,
    'a long number': `{"instances": [[${'9'.repeat(1_000_000)}, "x"]]}`,
  };
  for (const [name, body] of Object.entries(bodies)) {
    const [answer, ms] = await timed(post('/predict', body));
    t.ok(answer.statusCode < 500, `${name}: ${answer.statusCode}`);
    t.ok(answer.body.length < 20_000, `${name}: ${answer.body.length} bytes`);
    t.ok(ms < 8_000, `${name}: ${ms.toFixed(0)} ms`);
  }
});

t.test('no text takes an expression for ever', async (t) => {
  const long = 50_000;
  const cases: [string, Record<string, string>, string][] = [
    ['/predict', { 'content-type': `application/json${' '.repeat(8_000)};` }, '{}'],
    ['/predict', { accept: `text/csv;q=${'0'.repeat(8_000)},`.repeat(1) }, '{"data":"1,2"}'],
    ['/predict', { accept: 'a/b,'.repeat(3_000) }, '{"data":"1,2"}'],
    ['/predict', { authorization: `Bearer ${' '.repeat(8_000)}x`, 'x-api-key': '' }, '{}'],
    ['/predict', { authorization: `AWS4-HMAC-SHA256 Credential=${'a/'.repeat(4_000)}` }, '{}'],
    ['/predict', { 'cache-control': 'no-'.repeat(3_000) }, '{"data":"1,2"}'],
    ['/predict', { 'content-type': 'text/csv' }, `${'"'.repeat(long)}`],
    ['/predict', { 'content-type': 'text/csv' }, `1,${' '.repeat(long)}x`],
    ['/predict', { 'content-type': 'text/libsvm' }, `${'0:1 '.repeat(long)}x`],
    [`/predict/${'a-'.repeat(120)}`, {}, '{}'],
    ['/admin/training-jobs', {}, JSON.stringify({ name: `${'a-'.repeat(long)}!` })],
    [
      '/admin/training-jobs',
      {},
      JSON.stringify({ name: 'a', algorithm: 'xgboost', inputs: { train: `s3://${'a.'.repeat(long)}` } }),
    ],
  ];
  for (const [url, headers, body] of cases) {
    const [answer, ms] = await timed(post(url, body, headers));
    t.ok(
      answer.statusCode < 500 && ms < 2_000,
      `${url.slice(0, 20)} ${JSON.stringify(headers).slice(0, 40)}: ${answer.statusCode}, ${ms.toFixed(0)} ms`,
    );
  }
});

t.test('SageMaker reads with the gateway’s role only what callers may name', async (t) => {
  const { app: strict } = await doorGateway(t, {
    clients,
    aws: { bucket: 'our-own-bucket' },
    allowedBuckets: ['shared-data'],
  });
  const ask = (url: string, payload: object) =>
    strict.inject({ method: 'POST', url, payload, headers: { 'x-api-key': key } });
  const job = (train: string) => ask('/admin/training-jobs', { name: 'job', algorithm: 'xgboost', inputs: { train } });
  t.match((await job('s3://another-account/secrets.csv')).json(), {
    status: 400,
    errors: [{ pointer: '/inputs/train', detail: 'is in the bucket another-account, which is not allowed' }],
  });
  const model = { name: 'x', modelArtifacts: 's3://another-account/model.tar.gz', image: 'image' };
  t.match((await ask('/admin/deployments', model)).json(), { status: 400, errors: [{ pointer: '/modelArtifacts' }] });
  t.notMatch((await job('s3://our-own-bucket/x.csv')).body, /not allowed/);
  for (const train of ['http://169.254.169.254/latest', 'file:///etc/passwd', 's3://a/../b', '//x/y'])
    t.ok((await job(train)).statusCode !== 202, train);
  t.notMatch((await job('s3://shared-data/x.csv')).body, /not allowed/);
});
