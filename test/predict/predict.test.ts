import { pino } from 'pino';
import t from 'tap';
import { buildApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createAws } from '../../src/sagemaker/aws.ts';
import { createInvoker } from '../../src/sagemaker/invoke.ts';
import { resolveRuntimeTarget } from '../../src/sagemaker/runtime-target.ts';
import { startWithModel } from './deployed.ts';

interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: {
    predictions?: { score: number; label?: string }[];
    code?: string;
    detail?: string;
    errors?: { pointer: string; detail: string }[];
  };
}

const { url, local, log, aws } = await startWithModel(t);

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
  });
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as Answer['json']) : {};
  return { status: response.status, headers: response.headers, text, json };
}

const heavy = '180,80,40';
const light = '180,60,40';

t.test('every form of the same rows gets the same scores', async (t) => {
  const forms: [string, unknown, Record<string, string>][] = [
    ['data', { data: `${heavy}\n${light}` }, {}],
    [
      'arrays',
      {
        instances: [
          [180, 80, 40],
          [180, 60, 40],
        ],
      },
      {},
    ],
    [
      'named objects',
      {
        instances: [
          { age: 40, height: 180, weight: 80 },
          { weight: 60, height: 180, age: 40 },
        ],
      },
      {},
    ],
    ['text/csv', `${heavy}\n${light}\n`, { 'content-type': 'text/csv' }],
  ];
  const answers = [];
  for (const [name, body, headers] of forms) {
    const { status, json } = await post('/predict/heavy', body, headers);
    t.equal(status, 200, name);
    t.strictSame(
      json.predictions?.map(({ label }) => label),
      ['yes', 'no'],
      name,
    );
    answers.push(JSON.stringify(json));
  }
  t.equal(new Set(answers).size, 1, 'byte for byte');
});

t.test("the model's own bytes are there for the asking", async (t) => {
  const { status, headers, text } = await post(
    '/predict/heavy',
    { data: `${heavy}\n${light}` },
    { accept: 'text/csv' },
  );
  t.equal(status, 200);
  t.match(headers.get('content-type'), 'text/csv');
  t.match(text, /^0\.9\d+\n0\.0\d+\n$/);
});

t.test('an answer says who it is for and what it took', async (t) => {
  const { headers } = await post('/predict/heavy', { data: heavy }, { 'x-request-id': 'my-id-1' });
  t.equal(headers.get('x-request-id'), 'my-id-1');
  t.match(headers.get('server-timing'), /^gateway;dur=[\d.]+, sagemaker;dur=[\d.]+$/);
  const other = await post('/predict/heavy', { data: heavy }, { 'x-request-id': 'not sane: <script>' });
  t.match(other.headers.get('x-request-id'), /^[0-9a-f-]{36}$/);
});

t.test('what is wrong is told by its place', async (t) => {
  const cases: [string, unknown, Record<string, string>, number, string, RegExp][] = [
    ['broken JSON', '{"data": ', {}, 400, 'malformed_body', /not valid JSON/],
    ['unknown field', { data: heavy, dta: 1 }, {}, 400, 'validation_failed', /\/dta is not a known field/],
    ['neither form', {}, {}, 400, 'validation_failed', /one of `data`, `instances` and `columns`/],
    ['both forms', { data: heavy, instances: [[1, 2, 3]] }, {}, 400, 'validation_failed', /only one/],
    ['empty data', { data: ' \n' }, {}, 400, 'validation_failed', /no row/],
    ['no instance', { instances: [] }, {}, 400, 'validation_failed', /\/instances/],
    [
      'a column short',
      { data: `${heavy}\n1,2` },
      {},
      400,
      'validation_failed',
      /row 2 has 2 columns, the model takes 3/,
    ],
    [
      'not a number',
      { data: '180,eighty,40' },
      {},
      400,
      'validation_failed',
      /row 1, weight: "eighty" is not a number/,
    ],
    [
      'an unknown feature',
      { instances: [{ height: 1, weight: 2, age: 3, mass: 4 }] },
      {},
      400,
      'validation_failed',
      /mass is not a feature/,
    ],
    ['an empty body', '', { 'content-type': 'text/csv' }, 400, 'validation_failed', /no row/],
    ['a bad deadline', { data: heavy }, { 'request-timeout': 'soon' }, 400, 'validation_failed', /seconds/],
  ];
  for (const [name, body, headers, status, code, detail] of cases) {
    const answer = await post('/predict/heavy', body, headers);
    t.equal(answer.status, status, name);
    t.match(answer.headers.get('content-type'), 'application/problem+json', name);
    t.match(answer.json, { code, detail }, name);
    if (code === 'validation_failed') t.ok(answer.json.errors?.length, `${name}: errors[]`);
  }
  t.strictSame((await post('/predict/heavy', { instances: [[1, 2, 3], [1, 'x', null], { 'a/b': 1 }] })).json.errors, [
    { pointer: '/instances/1/1', detail: 'weight must be a number, not text' },
    { pointer: '/instances/2/a~1b', detail: 'a/b is not a feature of the model' },
    { pointer: '/instances/2/height', detail: 'feature height is missing' },
    { pointer: '/instances/2/weight', detail: 'feature weight is missing' },
    { pointer: '/instances/2/age', detail: 'feature age is missing' },
  ]);
});

t.test('what is not there, too large or of another type', async (t) => {
  t.match(await post('/predict/nobody', { data: heavy }), { status: 404, json: { code: 'model_not_found' } });
  t.match(
    await post('/predict', { data: heavy }),
    { status: 404, json: { code: 'model_not_found' } },
    'no default model is in service here',
  );
  t.match(
    await post('/predict/heavy', 'x', { 'content-type': 'application/x-unknown-form' }),
    {
      status: 415,
      json: { code: 'unsupported_media_type', upstream: { status: 415, message: /application\/x-unknown-form/ } },
    },
    'what type a model takes is for the model to say',
  );
  const large = await post('/predict/heavy', Buffer.alloc(26 * 1024 * 1024, '1'), { 'content-type': 'text/csv' });
  t.match(large, { status: 413, json: { code: 'body_too_large', detail: /26214400 bytes/ } });
});

t.test('a missing value is nothing between two commas, or null', async (t) => {
  const csv = await post('/predict/heavy', { data: '180,,40' });
  const json = await post('/predict/heavy', { instances: [{ height: 180, weight: null, age: 40 }] });
  t.equal(csv.status, 200);
  t.strictSame(csv.json, json.json);
});

t.test('a deadline that is over is a timeout, and nothing was asked of the model', async (t) => {
  t.match(await post('/predict/heavy', { data: heavy }, { 'grpc-timeout': '1n' }), {
    status: 504,
    json: { code: 'upstream_timeout' },
  });
});

t.test('the features of a deployed model are shown', async (t) => {
  const model = (await (await fetch(`${url}/models/heavy`)).json()) as {
    features: { name: string }[];
    example: object;
  };
  t.strictSame(
    model.features.map(({ name }) => name),
    ['height', 'weight', 'age'],
  );
  t.strictSame(model.example, { height: 150, weight: 50, age: 20 }, 'the first row');
  t.match(await post('/predict/heavy', { instances: [model.example] }), { status: 200 }, 'which can be predicted');
  t.match(await (await fetch(`${url}/models`)).json(), {
    items: [{ name: 'heavy', endpoint: 'heavy', threshold: 0.5 }],
  });
});

t.test('an endpoint configured by name only, and the answers of the old Lambda', async (t) => {
  const config = loadConfig(
    {},
    'mode: aws\nmodels:\n  old: { endpoint: heavy, response: lambda }\n  bare: { endpoint: heavy }\n  gone: { endpoint: gone }\ndefaultModel: old\n',
  );
  const invoker = createInvoker(await resolveRuntimeTarget(aws.runtime));
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const own = createAws(config, { endpoint: local.url, region: local.region, credentials });
  const app = await buildApp(config, { aws: own, invoker, logger: pino({ level: 'silent' }) });
  t.teardown(async () => {
    await app.close();
    await invoker.close();
    own.close();
  });
  const inject = (path: string, data: string) => app.inject({ method: 'POST', url: path, payload: { data } });

  const number = await inject('/predict', heavy);
  t.match(number.headers['content-type'], 'application/json');
  t.match(number.body, /^0\.9\d+$/, 'a bare number, as json.loads of the body gave');
  t.match((await inject('/predict', `${heavy}\n${light}`)).json(), [Number, Number], 'many rows: a list');

  t.match((await inject('/predict/bare', heavy)).json(), { model: 'bare', predictions: [{ score: Number }] });
  const refused = await inject('/predict/bare', '1,2');
  t.equal(refused.statusCode, 502, 'without known features the model itself refuses the row');
  t.match(refused.json(), { code: 'model_error', upstream: { status: 400, message: /feature/i } });
  t.match((await inject('/predict/gone', heavy)).json(), { code: 'model_not_found', status: 404 });
});

t.test('nothing of this was an error of ours, and no body stands in the log', async (t) => {
  t.strictSame(
    log.filter((line) => Number(line.level) >= 50),
    [],
  );
  t.notMatch(JSON.stringify(log), /eighty/);
});
