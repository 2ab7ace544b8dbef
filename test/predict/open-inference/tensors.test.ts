import t from 'tap';
import type { ModelSettings } from '../../../src/config/model-settings.ts';
import { defaultModelSettings } from '../../../src/config/validate.ts';
import { metadataOf } from '../../../src/predict/open-inference/metadata.ts';
import { outputsOf } from '../../../src/predict/open-inference/outputs.ts';
import { inputFromTensors } from '../../../src/predict/open-inference/rows.ts';
import type { Tensor } from '../../../src/predict/open-inference/schemas.ts';

const modelOf = (settings: Partial<ModelSettings>) => ({
  name: 'm',
  ...defaultModelSettings({ endpoint: 'e', ...settings }),
});
const tensor = (name: string, shape: number[], data: unknown[], datatype: Tensor['datatype'] = 'FP64'): Tensor => ({
  name,
  shape,
  datatype,
  data,
});
const sent = (settings: Partial<ModelSettings>, ...inputs: Tensor[]): string =>
  inputFromTensors(inputs, modelOf(settings)).body.toString();

const features: NonNullable<ModelSettings['features']> = [
  { name: 'age', type: 'integer' },
  { name: 'married', type: 'boolean' },
  { name: 'job', type: 'category', categories: ['clerk', '7'], columns: ['job_clerk', 'job_7'] },
  { name: 'city', type: 'category' },
];

t.test('a model of which nothing is known takes columns in the order given', async (t) => {
  t.equal(sent({}, tensor('x', [2, 2], [1, 2, 3, 4])), '1,2\n3,4');
  t.equal(sent({}, tensor('x', [2], [1, 2])), '1\n2');
  t.equal(sent({}, tensor('b', [2], [1, 2]), tensor('a', [2, 1], [[3], [4]])), '1,3\n2,4');
  t.throws(() => sent({}, tensor('b', [2], [1, 2]), tensor('a', [1], [3])), { message: /a has 1 values, b has 2/ });
  t.equal(sent({ contentType: 'application/jsonlines' }, tensor('x', [1, 2], [0.1, null])), '[0.1,null]\n');
  t.throws(() => sent({ contentType: 'image/png' }, tensor('x', [1], [1])), {
    message: /image\/png, which is not rows/,
  });
});

t.test('types of features: truth, categories as text, one-hot columns', async (t) => {
  const byName = [
    tensor('city', [2], ['1', 'Köln'], 'BYTES'),
    tensor('job', [2], ['7', 'clerk'], 'BYTES'),
    tensor('married', [2], [true, false], 'BOOL'),
    tensor('age', [2], [40, 41], 'UINT8'),
  ];
  t.equal(sent({ features }, ...byName), '40,1,0,1,1\n41,0,1,0,Köln');
  t.equal(sent({ features }, tensor('x', [1, 5], ['40', '1', '0', '1', '007'], 'BYTES')), '40,1,0,1,007');
  t.throws(() => sent({ features }, ...byName.with(1, tensor('job', [2], ['cook', 'clerk'], 'BYTES'))), {
    message: /job must be one of clerk, 7/,
  });
  t.strictSame(metadataOf(modelOf({ features })).inputs, [
    { name: 'age', datatype: 'INT64', shape: [-1, 1] },
    { name: 'married', datatype: 'BOOL', shape: [-1, 1] },
    { name: 'job', datatype: 'BYTES', shape: [-1, 1] },
    { name: 'city', datatype: 'BYTES', shape: [-1, 1] },
  ]);
});

t.test('a single feature by its name, the others by their defaults', async (t) => {
  const withDefault = [{ name: 'a', default: 9 }, { name: 'b' }];
  t.equal(sent({ features: withDefault }, tensor('b', [2, 1], [1, 2])), '9,1\n9,2');
});

t.test('ranges of datatypes', async (t) => {
  const takes = (datatype: Tensor['datatype'], value: unknown) => {
    try {
      inputFromTensors([tensor('x', [1], [value], datatype)], modelOf({}));
      return true;
    } catch {
      return false;
    }
  };
  for (const [datatype, good, bad] of [
    ['INT8', [-128, 127, null], [-129, 128, 0.5, '1', true]],
    ['UINT16', [0, 65_535], [-1, 65_536]],
    ['INT64', [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER], [2 ** 53]],
    ['UINT64', [0], [-1]],
    ['FP16', [0.5, null], ['0.5', false]],
    ['BOOL', [true, false, 0, 1], [2, 'true']],
    ['BYTES', ['1', ''], [1, {}]],
  ] as const) {
    for (const value of good) t.ok(takes(datatype, value), `${datatype} ${value}`);
    for (const value of bad) t.notOk(takes(datatype, value), `no ${datatype} ${JSON.stringify(value)}`);
  }
});

t.test('scores of several classes', async (t) => {
  const predictions = [
    { score: [0.1, 0.9], label: 'dog' },
    { score: [0.8, 0.2], label: 'cat' },
  ];
  t.strictSame(outputsOf(predictions, undefined), [
    { name: 'scores', datatype: 'FP64', shape: [2, 2], data: [0.1, 0.9, 0.8, 0.2] },
    { name: 'labels', datatype: 'BYTES', shape: [2], data: ['dog', 'cat'] },
  ]);
  t.strictSame(
    metadataOf(modelOf({ labels: ['cat', 'dog'] })).outputs.map(({ shape }) => shape),
    [[-1, 2], [-1]],
  );
  t.strictSame(outputsOf([{ score: 1 }], []), [{ name: 'scores', datatype: 'FP64', shape: [1], data: [1] }]);
});
