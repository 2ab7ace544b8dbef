import { request as httpRequest } from 'node:http';
import { json as readJson } from 'node:stream/consumers';
import t from 'tap';
import { startWithModel } from '../deployed.ts';

type Json = Record<string, unknown>;
interface Answer {
  readonly status: number;
  readonly json: Json & {
    error?: string;
    outputs?: { name: string; shape: number[]; datatype: string; data: unknown[] }[];
  };
}

const { url, log } = await startWithModel(t);
const v2 = `${url}/v2`;

const get = async (path: string): Promise<Answer> => {
  const response = await fetch(v2 + path);
  return { status: response.status, json: (await response.json()) as Answer['json'] };
};
const infer = async (
  body: unknown,
  path = '/models/heavy/infer',
  headers: Record<string, string> = {},
): Promise<Answer> => {
  const response = await fetch(v2 + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as Answer['json'] };
};

const heavy = [180, 80, 40];
const light = [180, 60, 40];
const matrix = { name: 'predict', shape: [2, 3], datatype: 'FP64', data: [...heavy, ...light] };
const column = (name: string, data: unknown[], more: Json = {}) => ({
  name,
  shape: [data.length],
  datatype: 'FP64',
  data,
  ...more,
});
const features = [column('height', [180, 180]), column('weight', [80, 60]), column('age', [40, 40])];

const direct = (await (
  await fetch(`${url}/predict/heavy`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ instances: [heavy, light] }),
  })
).json()) as { predictions: { score: number; label: string }[] };
const scores = direct.predictions.map(({ score }) => score);
const version = String(((await (await fetch(`${url}/models/heavy`)).json()) as Json).version);

t.test('the server and the model say what they are', async (t) => {
  t.match(await get(''), {
    status: 200,
    json: { name: 'sagemaker-gateway', version: String, extensions: ['binary_tensor_data'] },
  });
  t.strictSame(await get('/health/live'), { status: 200, json: { live: true } });
  t.strictSame(await get('/health/ready'), { status: 200, json: { ready: true } });
  const inputs = (await get('/models/heavy')).json.inputs as { name: string; shape: number[]; datatype: string }[];
  t.strictSame(
    inputs.map(({ name, shape }) => [name, shape]),
    [
      ['height', [-1, 1]],
      ['weight', [-1, 1]],
      ['age', [-1, 1]],
    ],
  );
  t.ok(inputs.every(({ datatype }) => ['FP64', 'INT64'].includes(datatype)));
  t.match(await get(`/models/heavy/versions/${version}`), {
    status: 200,
    json: {
      name: 'heavy',
      versions: [version],
      platform: 'amazon-sagemaker',
      outputs: [
        { name: 'scores', datatype: 'FP64', shape: [-1] },
        { name: 'labels', datatype: 'BYTES', shape: [-1] },
      ],
    },
  });
  t.strictSame(await get('/models/heavy/ready'), { status: 200, json: { name: 'heavy', ready: true } });
  t.strictSame(await get(`/models/heavy/versions/${version}/ready`), {
    status: 200,
    json: { name: 'heavy', ready: true },
  });
});

t.test('every form of the same rows gets the scores of /predict', async (t) => {
  const forms: [string, Json[]][] = [
    ['one tensor, flat', [matrix]],
    ['one tensor, nested', [{ ...matrix, data: [heavy, light] }]],
    ['integers', [{ ...matrix, datatype: 'INT32' }]],
    ['text', [{ ...matrix, datatype: 'BYTES', data: [...heavy, ...light].map(String) }]],
    ['a tensor for each feature', features],
    [
      'in another order, of one column',
      [...features].reverse().map((each) => ({ ...each, shape: [2, 1], data: each.data.map((value) => [value]) })),
    ],
    [
      'of several types',
      [
        column('age', ['40', '4e1'], { datatype: 'BYTES' }),
        column('weight', [80, 60], { datatype: 'UINT8' }),
        column('height', [180, 180], { datatype: 'FP32' }),
      ],
    ],
  ];
  for (const [name, inputs] of forms) {
    const { status, json } = await infer({ inputs });
    t.equal(status, 200, name);
    t.strictSame(
      json,
      {
        model_name: 'heavy',
        model_version: version,
        outputs: [
          { name: 'scores', datatype: 'FP64', shape: [2], data: scores },
          { name: 'labels', datatype: 'BYTES', shape: [2], data: ['yes', 'no'] },
        ],
      },
      name,
    );
  }
});

t.test('a missing value, an id, a version, and the outputs that were asked for', async (t) => {
  const missing = await infer({
    inputs: [{ name: 'predict', shape: [1, 3], datatype: 'FP64', data: [180, null, 40] }],
  });
  t.equal(missing.status, 200);
  t.strictSame(
    (await infer({ inputs: [{ name: 'predict', shape: [1, 3], datatype: 'BYTES', data: ['180', '', '40'] }] })).json,
    missing.json,
  );
  t.match(await infer({ id: 'call-7', inputs: [matrix] }, `/models/heavy/versions/${version}/infer`), {
    status: 200,
    json: { id: 'call-7', model_version: version },
  });
  const asked = await infer({ inputs: [matrix], outputs: [{ name: 'labels' }] });
  t.strictSame(
    asked.json.outputs?.map(({ name }) => name),
    ['labels'],
  );
});

t.test('what is wrong is told as the protocol says it', async (t) => {
  const cases: [string, unknown, number, RegExp][] = [
    ['broken JSON', '{"inputs": ', 400, /JSON/],
    ['no inputs', {}, 400, /inputs is missing/],
    ['no rows', { inputs: [{ ...matrix, shape: [0, 3], data: [] }] }, 400, /no row/],
    ['an unknown datatype', { inputs: [{ ...matrix, datatype: 'FP8' }] }, 400, /datatype/],
    [
      'too few elements',
      { inputs: [{ ...matrix, data: [1, 2] }] },
      400,
      /predict has 2 elements, its shape \[2, 3\] asks for 6/,
    ],
    ['nested too deep', { inputs: [{ ...matrix, data: [[[1, 2, 3]], [[4, 5, 6]]] }] }, 400, /predict/],
    ['three dimensions', { inputs: [{ ...matrix, shape: [2, 3, 1] }] }, 400, /3 dimensions/],
    [
      'an element of another type',
      { inputs: [{ ...matrix, data: [180, 80, 'x', 1, 2, 3] }] },
      400,
      /element 2 is none/,
    ],
    [
      'out of range',
      { inputs: [{ ...matrix, datatype: 'UINT8', data: [180, 80, 256, 1, 2, 3] }] },
      400,
      /is UINT8, and its element 2/,
    ],
    ['not an integer', { inputs: [{ ...matrix, datatype: 'INT64', data: [180, 80, 0.5, 1, 2, 3] }] }, 400, /INT64/],
    [
      'no number in text',
      { inputs: [{ ...matrix, datatype: 'BYTES', data: ['180', 'eighty', '40', '1', '2', '3'] }] },
      400,
      /weight must be a number/,
    ],
    ['a column too few', { inputs: [{ ...matrix, shape: [3, 2] }] }, 400, /2 columns, the model takes 3/],
    ['a feature too few', { inputs: features.slice(1) }, 400, /height is missing/],
    ['an unknown feature', { inputs: [...features, column('mass', [1, 2])] }, 400, /mass is not a feature/],
    ['a feature twice', { inputs: [...features, features[0]] }, 400, /height is given twice/],
    [
      'features of different lengths',
      { inputs: [features[0], features[1], column('age', [40])] },
      400,
      /age has 1 values, height has 2/,
    ],
    ['several inputs, one of them wide', { inputs: [matrix, features[0]] }, 400, /predict must have one column/],
    [
      'an unknown output',
      { inputs: [matrix], outputs: [{ name: 'odds' }] },
      400,
      /no output odds; the model has scores and labels/,
    ],
  ];
  for (const [name, body, status, error] of cases) {
    const answer = await infer(body);
    t.equal(answer.status, status, name);
    t.strictSame(Object.keys(answer.json), ['error'], name);
    t.match(answer.json.error, error, name);
  }
  t.match(await infer({ inputs: [matrix] }, '/models/nobody/infer'), { status: 404, json: { error: /nobody/ } });
  t.match(await infer({ inputs: [matrix] }, '/models/heavy/versions/none/infer'), {
    status: 404,
    json: { error: /version none/ },
  });
  t.match(await get('/models/nobody/ready'), { status: 404, json: { error: String } });
  t.match(await get('/elsewhere'), { status: 404, json: { error: /There is no \/v2\/elsewhere/ } });
  t.match(await infer({ inputs: [matrix] }, undefined, { 'inference-header-content-length': '9' }), {
    status: 400,
    json: { error: /JSON/ },
  });
  t.match(await infer({ inputs: [matrix] }, undefined, { 'grpc-timeout': '1n' }), {
    status: 504,
    json: { error: String },
  });
});

t.test('JSON whose type is not named', async (t) => {
  const call = httpRequest(`${v2}/models/heavy/infer`, { method: 'POST' });
  const answer = new Promise<Json>((resolve, reject) => {
    call.on('error', reject).on('response', (response) => resolve(readJson(response) as Promise<Json>));
  });
  call.end(JSON.stringify({ inputs: [matrix] }));
  t.match(await answer, { outputs: [{ data: scores }] });
});

t.test('nothing of this was an error of ours', async (t) => {
  t.strictSame(
    log.filter((line) => Number(line.level) >= 50),
    [],
  );
});
