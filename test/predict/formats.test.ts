import { randomBytes } from 'node:crypto';
import t from 'tap';
import type { Feature } from '../../src/config/feature.ts';
import { startRecording } from './recording-model.ts';

const features: Feature[] = [
  { name: 'age', type: 'integer', min: 17, max: 98 },
  { name: 'rate', type: 'number', default: 0.5 },
  { name: 'job', type: 'category', categories: ['cook', 'smith'], columns: ['job_cook', 'job_smith'] },
];
const textual: Feature[] = [
  { name: 'age', nullable: false },
  { name: 'job', type: 'category', categories: ['cook', 'smith, black', '007'] },
];
const jsonLines = { contentType: 'application/jsonlines', accept: 'application/jsonlines' };
const json = { contentType: 'application/json', accept: 'application/json' };

const { answerWith, post } = await startRecording(t, {
  csv: { features, threshold: 0.5, labels: ['no', 'yes'] },
  lines: { features, ...jsonLines },
  json: { features, ...json },
  named: { features, ...json, rowForm: 'object' },
  builtIn: { features, ...jsonLines, rowForm: 'features' },
  libsvm: { features, contentType: 'text/libsvm' },
  marked: { features: [{ name: 'age', missing: ['999', '-1'] }, ...features.slice(1)] },
  strict: { features, strictRanges: true },
  text: { features: textual },
  bare: {},
  ownLines: jsonLines,
  ownJson: { ...json, response: 'model' },
  photo: { contentType: 'image/jpeg', accept: 'application/json' },
});

const scores = [0.43861907720565796, 1e-7];
const types: Record<string, (rows: number[]) => string> = {
  'text/csv': (rows) => rows.map((score) => `${score}\n`).join(''),
  'application/json': (rows) => JSON.stringify({ predictions: rows.map((score) => ({ score })) }),
  'application/jsonlines': (rows) => rows.map((score) => `{"score": ${score}}\n`).join(''),
};
/** A model that scores two rows in the type it is asked for. */
const scoring = () =>
  answerWith(({ accept }) => {
    const write = types[accept];
    return write
      ? { status: 200, contentType: accept, body: Buffer.from(write(scores)) }
      : { status: 406, contentType: 'text/plain', body: Buffer.from(`no ${accept}`) };
  });
t.beforeEach(scoring);

const callers: Record<string, [type: string, body: string]> = {
  'text/csv': ['text/csv', '30,0.5,1,0\n40,,0,1\n'],
  data: ['application/json', '{"data":"30,0.5,1,0\\n40,,0,1"}'],
  arrays: ['application/json', '{"instances":[[30,0.5,1,0],[40,null,false,true]]}'],
  'named rows': ['application/json', '{"instances":[{"job":"cook","age":30},{"age":40,"rate":null,"job":"smith"}]}'],
  'named raw columns': [
    'application/json',
    '{"instances":[{"age":30,"job_cook":1,"job_smith":0},{"age":40,"rate":null,"job_smith":1,"job_cook":0}]}',
  ],
  columns: ['application/json', '{"columns":{"job":["cook","smith"],"age":[30,40],"rate":[0.5,null]}}'],
  'JSON lines': ['application/jsonlines', '[30,0.5,1,0]\n{"age":40,"rate":null,"job":"smith"}\n'],
};
const models: Record<string, [type: string, body: RegExp]> = {
  csv: ['text/csv', /^30,0.5,1,0\n40,,0,1\n?$/],
  lines: ['application/jsonlines', /^\[30,0.5,1,0\]\n\[40,null,0,1\]\n$/],
  json: ['application/json', /^{"instances":\[\[30,0.5,1,0\],\[40,null,0,1\]\]}$/],
  named: [
    'application/json',
    /^{"instances":\[{"age":30,"rate":0.5,"job_cook":1,"job_smith":0},{"age":40,"rate":null,"job_cook":0,"job_smith":1}\]}$/,
  ],
  builtIn: ['application/jsonlines', /^{"features":\[30,0.5,1,0\]}\n{"features":\[40,null,0,1\]}\n$/],
  libsvm: ['text/libsvm', /^0 0:30 1:0.5 2:1 3:0\n0 0:40 2:0 3:1\n$/],
  strict: ['text/csv', /^30,0.5,1,0\n40,,0,1\n?$/],
};

for (const [model, [type, bytes]] of Object.entries(models)) {
  t.test(`rows of every form reach the model ${model} as ${type}`, async (t) => {
    for (const [form, [contentType, body]] of Object.entries(callers)) {
      const { status, text, sent } = await post(model, contentType, body);
      t.equal(sent?.type, type, form);
      t.match(sent?.body, bytes, form);
      t.equal(status, 200, form);
      t.strictSame(
        JSON.parse(text).predictions.map(({ score }: { score: number }) => score),
        scores,
        `${form}: not a digit is lost`,
      );
    }
  });
}

t.test('the answer comes in the type that is asked for', async (t) => {
  const ask = async (accept: string, model = 'csv') => {
    const { status, type, text, sent } = await post(model, ...(callers.data as [string, string]), { accept });
    return { status, type, text, asked: sent?.accept };
  };
  const labelled = '{"score":0.43861907720565796,"label":"no"}\n{"score":1e-7,"label":"no"}\n';
  t.strictSame(await ask('application/jsonlines'), {
    status: 200,
    type: 'application/jsonlines',
    text: labelled,
    asked: 'text/csv',
  });
  t.match(await ask('text/csv', 'json'), { type: /^text\/csv/, text: '0.43861907720565796\n1e-7\n' });
  t.match(
    await ask('application/jsonlines', 'lines'),
    { text: types['application/jsonlines']?.(scores) },
    'its own bytes',
  );
  t.match(await ask('text/*;q=0.9, application/xml;q=0.1'), { type: 'text/csv', asked: 'text/csv' });
  t.match(await ask('application/x-npy'), { status: 406, text: /"not_acceptable".*no application\/x-npy/ });
  t.match(await ask('text/html, */*;q=0.1'), { status: 200, type: /^application\/json/ }, 'what a browser asks for');
  t.match(await ask(`${'a/b,'.repeat(50)}application/json`), { status: 200 });

  answerWith(({ accept }) => ({ status: 200, contentType: accept, body: Buffer.from([0, 255, 1]) }));
  t.match(await ask('application/x-npy'), { status: 200, type: 'application/x-npy', asked: 'application/x-npy' });
});

t.test('scores are read in every form in which models give them', async (t) => {
  const forms: [type: string, body: string, expected: unknown][] = [
    ['application/json', '[0.1, 0.2]', [0.1, 0.2]],
    [
      'application/json',
      '[[0.1, 0.9], [0.2, 0.8]]',
      [
        [0.1, 0.9],
        [0.2, 0.8],
      ],
    ],
    ['application/json', '{"predictions": [[0.1], [0.2]]}', [0.1, 0.2]],
    ['application/json; charset=utf-8', '{"predictions": [{"score": 1, "predicted_label": 0}, {"score": 2}]}', [1, 2]],
    ['application/jsonlines', '0.1\n{"score": [0.2, 0.8]}', [0.1, [0.2, 0.8]]],
    ['text/html', '0.1,0.2', [0.1, 0.2]],
  ];
  for (const [contentType, body, expected] of forms) {
    answerWith(() => ({ status: 200, contentType, body: Buffer.from(body) }));
    const { text } = await post('bare', 'text/csv', '1\n2\n');
    t.strictSame(
      JSON.parse(text).predictions?.map(({ score }: { score: number }) => score),
      expected,
      body,
    );
  }
  for (const body of ['{"outputs": 1}', '["yes", "no"]', '{', '[]', 'null']) {
    answerWith(() => ({ status: 200, contentType: 'application/json', body: Buffer.from(body) }));
    t.match(await post('bare', 'text/csv', '1\n2\n'), { status: 502, text: /"model_error"/ }, body);
  }
});

t.test('any other type goes to the model and back byte for byte', async (t) => {
  const body = randomBytes(100_000);
  answerWith(({ body }) => ({ status: 200, contentType: 'image/webp', body: Buffer.from(body).reverse() }));
  const there = await post('photo', 'image/png', body, { accept: 'image/webp' });
  t.match(there, { status: 200, type: 'image/webp', sent: { type: 'image/png', accept: 'image/webp' } });
  t.ok(there.sent?.bytes.equals(body));
  t.ok(there.bytes.equals(Buffer.from(body).reverse()));

  const largest = Buffer.alloc(25 * 1024 * 1024, 'x');
  t.equal((await post('csv', 'application/x-parquet', largest)).sent?.bytes.length, largest.length);
  t.match(await post('csv', 'application/x-parquet', Buffer.alloc(largest.length + 1)), {
    status: 413,
    sent: undefined,
  });
  t.match(await post('photo', 'text/plain; charset=utf-16', 'x'), { sent: { type: 'text/plain; charset=utf-16' } });
  t.match(await post('photo', 'image/png', body), { sent: { accept: 'application/json' } }, "the model's own accept");
  t.match(await post('photo', 'text/csv', 'a;b'), { sent: { type: 'text/csv', body: 'a;b' } }, 'takes no rows');

  answerWith(() => ({ status: 422, contentType: 'text/plain', body: Buffer.from('no such picture') }));
  t.match(await post('photo', 'image/png', body), { status: 502, text: /"upstream":{"status":422,"message":"no such/ });
  answerWith(() => ({ status: 406, contentType: 'text/plain', body: Buffer.from('no') }));
  t.match(await post('photo', 'image/png', body, { accept: 'image/gif' }), { status: 406, text: /not_acceptable/ });
  t.match(await post('photo', 'image/png', body), { status: 502 }, 'who asked for nothing is not to blame');
});

t.test('a model without features takes its own JSON and JSON lines as they are', async (t) => {
  answerWith(({ contentType }) => ({ status: 200, contentType, body: Buffer.from('{"score": 1}') }));
  const own = '{ "inputs": "text", "id": 12345678901234567890, "x": 1.0 }';
  t.match(await post('ownJson', 'application/json', own), { status: 200, text: '{"score": 1}', sent: { body: own } });
  const tensor = '{"instances": [[[1, 2], [3, 4]]]}';
  t.match(await post('ownJson', 'application/json', tensor), { status: 200, sent: { body: tensor } });
  t.match(await post('ownJson', 'application/json', '{"inputs": '), { status: 400, text: /malformed_body/ });
  const line = '{"features": [[1, 2]], "id": 12345678901234567890}\n';
  t.match(await post('ownLines', 'application/jsonlines', line), { status: 200, sent: { body: line } });
  const named = '{"instances":[{"a":1,"b":"x"}]}';
  t.match(await post('ownLines', 'application/json', named), { status: 200, sent: { body: '{"a":1,"b":"x"}\n' } });
});

t.test('libsvm stays as it is, whether it counts from 0 or from 1', async (t) => {
  const body = '1 0:30 3:1\n1:30 4:nan # from 1\n';
  for (const model of ['csv', 'libsvm', 'bare']) {
    t.match(await post(model, 'text/libsvm', body), { status: 200, sent: { type: 'text/libsvm', body } }, model);
  }
});

t.test('what a model has as missing is missing in libsvm too, whose indices it counts from 0', async (t) => {
  const body = '1 0:999 1:999 # 0:999\n0:-1.0 3:1\n0:9.99e2\n';
  answerWith(() => ({ status: 200, contentType: 'text/csv', body: Buffer.from('1\n1\n1\n') }));
  t.match(await post('marked', 'text/libsvm', body), {
    status: 200,
    sent: { type: 'text/libsvm', body: '1 0:nan 1:999 # 0:999\n0:nan 3:1\n0:nan\n' },
  });
  t.strictSame(JSON.parse((await post('marked', 'text/libsvm', '1 1:30 4:1\n')).text).errors, [
    { pointer: '', detail: "row 1: index 4 is beyond the model's last, 3" },
  ]);
});

t.test('text columns are quoted, and checked in CSV too', async (t) => {
  const sent = { type: 'text/csv', body: '30,cook\n40,"smith, black"' };
  t.match(await post('text', 'text/csv', '30,cook\n40,"smith, black"\n'), { status: 200, sent });
  const columns = '{"columns":{"job":["cook","smith, black"],"age":[30,40]}}';
  t.match(await post('text', 'application/json', columns), { status: 200, sent });
  t.match((await post('text', 'text/csv', '30,007\n40,cook\n')).sent, { body: '30,007\n40,cook' }, 'text, not a 7');
  const { text } = await post('text', 'text/csv', '30,king\nold,cook\n');
  t.strictSame(JSON.parse(text).errors, [
    { pointer: '', detail: 'row 1, job must be one of cook, smith, black, 007, not "king"' },
    { pointer: '', detail: 'row 2, age must be a number, not text' },
  ]);
});

t.test('what is wrong is told by its place, and nothing is asked of the model', async (t) => {
  const wrong = async (model: string, type: string, body: string) => {
    const { status, text, sent } = await post(model, type, body);
    t.equal(status, 400, body);
    t.equal(sent, undefined, body);
    return JSON.parse(text).errors.map(({ pointer, detail }: Record<string, string>) => `${pointer}: ${detail}`);
  };
  const rows = (row: unknown) => JSON.stringify({ instances: [row] });
  t.strictSame(await wrong('csv', 'application/json', rows({ age: 30.5, rate: 'x', job: 'king', 'a/b': 1 })), [
    '/instances/0/a~1b: a/b is not a feature of the model',
    '/instances/0/age: age must be an integer, not 30.5',
    '/instances/0/rate: rate must be a number, not text',
    '/instances/0/job: job must be one of cook, smith, not "king"',
  ]);
  t.strictSame(await wrong('csv', 'application/json', rows({ job: true, job_cook: 1 })), [
    '/instances/0/age: feature age is missing',
    '/instances/0/job: job is given twice, as itself and as job_cook',
  ]);
  t.strictSame(await wrong('csv', 'application/json', rows({ age: true, job_cook: '1' })), [
    '/instances/0/job_smith: column job_smith is missing',
    '/instances/0/age: age must be a number, not true',
    '/instances/0/job_cook: job_cook must be a number, not text',
  ]);
  t.strictSame(await wrong('csv', 'application/json', '{"columns":{"age":[30,"x"],"job":["cook"],"b":[1]}}'), [
    '/columns/b: b is not a feature of the model',
    '/columns/job: job has 1 values, age has 2',
    '/columns/b: b has 1 values, age has 2',
  ]);
  t.strictSame(await wrong('csv', 'application/json', '{"columns":{"age":[30,"x"],"job":["cook","king"]}}'), [
    '/columns/age/1: age must be a number, not text',
    '/columns/job/1: job must be one of cook, smith, not "king"',
  ]);
  t.strictSame(await wrong('csv', 'application/json', '{"columns":{},"data":"1"}'), [
    '/columns: must NOT have fewer than 1 properties',
  ]);
  t.strictSame(await wrong('csv', 'Application/JSON; charset=utf-8', '{"instances":[[{}]]}'), [
    '/instances/0/0: must be number,string,boolean,null',
  ]);
  t.strictSame(await wrong('csv', 'application/jsonlines', '[30,0.5,1,0]\n{"age":\n7\n[[1]]\n'), [
    '/1: line 2 is not valid JSON',
    '/2: line 3 must be an array or an object',
    '/3: line 4 must hold numbers, text, true, false or null only',
  ]);
  t.strictSame(await wrong('csv', 'application/jsonlines', '[30]\n{"age":1,"job":"king"}'), [
    '/0: line 1 has 1 columns, the model takes 4',
    '/1/job: line 2, job must be one of cook, smith, not "king"',
  ]);
  t.strictSame(await wrong('csv', 'text/libsvm', '1 0:1 0:2\n5:1\n0:x\n\n1 1:1:1'), [
    ': row 1: index 0 follows 0, indices must ascend',
    ": row 2: index 5 is beyond the model's last, 4",
    ': row 3: "0:x" is not index:value',
    ': row 4 is empty',
    ': row 5: "1:1:1" is not index:value',
  ]);
  t.strictSame(await wrong('lines', 'text/csv', '30,x,1,0\n1,2'), [
    ': row 1, rate must be a number, not text',
    ': row 2 has 2 columns, the model takes 4',
  ]);
  t.strictSame(await wrong('bare', 'application/json', '{"columns":{"a":[1]}}'), [
    '/columns: the features of this model are not known, so rows must be arrays',
  ]);
  t.strictSame(await wrong('text', 'application/json', rows({ age: null, job: 'cook' })), [
    '/instances/0/age: age must not be null',
  ]);
  for (const type of ['text/csv', 'application/jsonlines', 'text/libsvm']) {
    t.strictSame(await wrong('csv', type, ''), [': is empty'], type);
  }
});

t.test('ranges are those of the training data, and refused only where the settings say so', async (t) => {
  const old = '{"instances":[{"age":120,"job":"cook"}, [5,1e9,1,0]]}';
  t.match(await post('csv', 'application/json', old), { status: 200 });
  const refused = await post('strict', 'application/json', old);
  t.strictSame(JSON.parse(refused.text).errors, [
    { pointer: '/instances/0/age', detail: 'age must be at most 98, not 120' },
    { pointer: '/instances/1/0', detail: 'age must be at least 17, not 5' },
  ]);
  t.match(await post('strict', 'text/csv', '5,1,1,0'), { status: 400, text: /row 1, age must be at least 17, not 5/ });
});

t.test('a missing category is missing in all of its columns', async (t) => {
  const body = '{"instances":[{"age":null,"job":null},{"age":1,"job":"cook"}]}';
  t.match(await post('csv', 'application/json', body), { status: 200, sent: { body: ',0.5,,\n1,0.5,1,0' } });
});
