import t from 'tap';
import { binaryAnswer, fillTensors, jsonLength } from '../../../src/predict/open-inference/binary.ts';
import type { InferResponse } from '../../../src/predict/open-inference/schemas.ts';

const input = (datatype: string, binary_data_size: unknown, name = 'x') => ({
  name,
  datatype,
  shape: [1],
  parameters: { binary_data_size },
});

/** What the bytes of one tensor say. */
function read(datatype: string, hex: string): unknown {
  const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const request = { inputs: [{ ...input(datatype, bytes.length), data: undefined as unknown }] };
  fillTensors(request, bytes);
  return request.inputs[0]?.data;
}

t.test('every datatype, little-endian', async (t) => {
  const cases: [datatype: string, hex: string, elements: unknown[]][] = [
    ['BOOL', '00 01', [0, 1]],
    ['UINT8', 'ff', [255]],
    ['UINT16', 'feff', [65_534]],
    ['UINT32', 'feffffff', [4_294_967_294]],
    ['UINT64', '0100000000000000', [1]],
    ['INT8', 'ff', [-1]],
    ['INT16', 'feff', [-2]],
    ['INT32', 'fdffffff', [-3]],
    ['INT64', 'fcffffffffffffff', [-4]],
    // 1.5, -2, the least above 0, the greatest, not a number
    ['FP16', '003e 00c0 0100 ff7b 007e', [1.5, -2, 2 ** -24, 65_504, null]],
    ['FP32', '0000c03f 0000c07f', [1.5, null]],
    ['FP64', '000000000000f83f', [1.5]],
    ['BYTES', '03000000 c3bc61 00000000', ['üa', '']],
    ['FP32', '', []],
  ];
  for (const [datatype, hex, elements] of cases) t.strictSame(read(datatype, hex), elements, datatype);
});

t.test('tensors follow each other in the order of the inputs; those in JSON have no part in it', async (t) => {
  const request = {
    inputs: [input('UINT8', 2, 'a'), { name: 'b', datatype: 'FP64', data: [7] }, input('UINT8', 1, 'c')],
  };
  fillTensors(request, Buffer.from([1, 2, 3]));
  t.match(request.inputs, [{ data: [1, 2] }, { data: [7] }, { data: [3] }]);
});

t.test('bytes that do not fit are refused, naming the input', async (t) => {
  const cases: [request: unknown, bytes: number[], message: RegExp][] = [
    [{ inputs: [input('FP32', 3)] }, [0, 0, 0], /input x has 3 bytes/],
    [{ inputs: [input('FP32', 8)] }, [0, 0, 0, 0], /binary_data_size of the input x/],
    [{ inputs: [input('FP32', -4)] }, [0, 0, 0, 0], /binary_data_size of the input x/],
    [{ inputs: [input('FP32', '4')] }, [0, 0, 0, 0], /binary_data_size of the input x/],
    [{ inputs: [input('UINT8', 1)] }, [1, 2], /1 bytes in the body belong to no input/],
    [{ inputs: [input('BF16', 2)] }, [0, 0], /input x has no datatype/],
    [{ inputs: [input('toString', 2)] }, [0, 0], /input x has no datatype/],
    [{ inputs: [input('BYTES', 3)] }, [9, 0, 0], /input x ends within its element 0/],
    [{ inputs: [input('BYTES', 5)] }, [9, 0, 0, 0, 65], /input x ends within its element 0/],
    [{ inputs: [{ ...input('UINT8', 1), data: [1] }] }, [1], /both data and binary data/],
    [{ inputs: [null, 7, 'a'] }, [1], /belong to no input/],
    [null, [1], /belong to no input/],
    [{ inputs: { length: 1 } }, [1], /belong to no input/],
  ];
  for (const [request, bytes, message] of cases) {
    t.throws(() => fillTensors(request, Buffer.from(bytes)), { code: 'validation_failed', message });
  }
  const body = Buffer.from('{}');
  t.equal(jsonLength('2', body), 2);
  for (const wrong of ['3', '-1', '1.5', '', 'two', ['1', '2']])
    t.throws(() => jsonLength(wrong, body), { code: 'validation_failed', message: /inference-header-content-length/ });
});

t.test('outputs as binary data: those that ask for it, or all', async (t) => {
  const answer: InferResponse = {
    model_name: 'm',
    outputs: [
      { name: 'scores', datatype: 'FP64', shape: [2], data: [0.5, 1] },
      { name: 'labels', datatype: 'BYTES', shape: [2], data: ['no', 'ü'] },
    ],
  };
  const told = (wishes: Parameters<typeof binaryAnswer>[0]) => {
    const { jsonLength: length, body } = binaryAnswer(wishes, answer) ?? { jsonLength: 0, body: Buffer.alloc(0) };
    return {
      json: length && JSON.parse(body.toString('utf8', 0, length)),
      rest: body.subarray(length).toString('hex'),
    };
  };
  const scores = '000000000000e03f000000000000f03f';
  const labels = '020000006e6f02000000c3bc';
  t.equal(binaryAnswer({ outputs: undefined, parameters: undefined }, answer), undefined);
  const all = told({ outputs: undefined, parameters: { binary_data_output: true } });
  t.equal(all.rest, scores + labels);
  t.strictSame(all.json.outputs, [
    { name: 'scores', datatype: 'FP64', shape: [2], parameters: { binary_data_size: 16 } },
    { name: 'labels', datatype: 'BYTES', shape: [2], parameters: { binary_data_size: 12 } },
  ]);
  const one = told({
    outputs: [{ name: 'scores', parameters: { binary_data: false } }, { name: 'labels' }],
    parameters: { binary_data_output: true },
  });
  t.equal(one.rest, labels, 'what an output says itself goes first');
  t.match(one.json.outputs, [{ data: [0.5, 1] }, { parameters: { binary_data_size: 12 } }]);
});
