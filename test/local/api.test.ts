import { readFileSync } from 'node:fs';
import * as sdk from '@aws-sdk/client-sagemaker';
import t from 'tap';
import { python, renderApiModels } from '../../scripts/api-model.ts';
import type { ApiModel } from '../../src/local/wire/api-model.ts';
import { services } from '../../src/local/wire/rpc-routes.ts';
import { compile, validateInput } from '../../src/local/wire/validate.ts';
import { peerMissing } from '../peer.ts';

const api: ApiModel = {
  operations: { Create: 'CreateInput', Ping: null },
  shapes: {
    CreateInput: {
      type: 'structure',
      members: { SomeName: 'Name', Number: 'Count', Flag: 'Flag', Map: 'Settings', List: 'Items', Either: 'Either' },
      required: ['SomeName'],
    },
    Name: { type: 'string', max: 3, pattern: '[a-z]+' },
    Count: { type: 'integer', min: 1 },
    Flag: { type: 'boolean' },
    Settings: { type: 'map', key: 'Key', value: 'Value', max: 1 },
    Key: { type: 'string' },
    Value: { type: 'string', min: 0, max: 2 },
    Items: { type: 'list', member: 'Item', min: 1 },
    Item: { type: 'structure', members: { Kind: 'Kind' } },
    Kind: { type: 'string', enum: ['A', 'B'] },
    Either: { type: 'structure', union: true, members: { This: 'Flag', That: 'Flag' } },
  },
};

function message(input: object, operation = 'Create') {
  try {
    validateInput(api, operation, input);
    return 'fits';
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
}

t.test("inputs are refused in AWS's words", async (t) => {
  t.equal(message({ SomeName: 'abc', Number: 1, Either: { That: true }, Unknown: 'is ignored' }), 'fits');
  t.equal(message({ whatever: 1 }, 'Ping'), 'fits');
  const one = 'ValidationException: 1 validation error detected: ';
  const failed = 'failed to satisfy constraint: ';
  for (const [input, fault] of [
    [{}, `Value null at 'someName' ${failed}Member must not be null`],
    [{ SomeName: 'A' }, `Value 'A' at 'someName' ${failed}Member must satisfy regular expression pattern: [a-z]+`],
    [{ SomeName: 'abcd' }, `Value 'abcd' at 'someName' ${failed}Member must have length less than or equal to 3`],
    [{ SomeName: 'a', Number: 0 }, `Value '0' at 'number' ${failed}Member must have value greater than or equal to 1`],
    [
      { SomeName: 'a', List: [{ Kind: 'A' }, { Kind: 'C' }] },
      `Value 'C' at 'list.2.member.kind' ${failed}Member must satisfy enum value set: [A, B]`,
    ],
    [{ SomeName: 'a', List: [] }, `Value '[]' at 'list' ${failed}Member must have length greater than or equal to 1`],
    [
      { SomeName: 'a', Map: { key: 'too long' } },
      `Value '{key=too long}' at 'map' ${failed}Map value must satisfy constraint: [Member must have length less than or equal to 2, Member must have length greater than or equal to 0]`,
    ],
    [
      { SomeName: 'a', Map: { a: '', b: '' } },
      `Value '{a=, b=}' at 'map' ${failed}Member must have length less than or equal to 1`,
    ],
  ] as const) {
    t.equal(message(input), one + fault);
  }
  t.match(message({ SomeName: 'ABCD', Number: 0 }), /^ValidationException: 3 validation errors detected: .*; .*; /);
  t.equal(message({ SomeName: 1 }), 'SerializationException: NUMBER_VALUE can not be converted to a String');
  t.equal(
    message({ SomeName: 'a', Number: '1' }),
    'SerializationException: STRING_VALUE can not be converted to an Integer',
  );
  t.match(
    message({ SomeName: 'a', Either: { This: true, That: true } }),
    /^SerializationException: CANNOT_SET_MULTIPLE/,
  );
  t.match(message({ SomeName: 'a', List: 'text' }), /^SerializationException: /);
});

t.test('every action is an operation of the API, and every pattern of the API can be checked', async (t) => {
  for (const [prefix, { api, actions }] of Object.entries(services)) {
    for (const name of Object.keys(actions)) t.ok(name in api.operations, `${prefix}.${name}`);
    for (const [name, shape] of Object.entries(api.shapes)) {
      if (shape.type === 'string' && shape.pattern !== undefined) compile(shape.pattern);
      for (const below of shape.type === 'structure' ? Object.values(shape.members) : []) {
        if (!(below in api.shapes)) t.fail(`${prefix}: ${name} names ${below}, which is missing`);
      }
    }
  }
});

t.test('every waiter of the SDK asks what there is', async (t) => {
  const waiters = Object.keys(sdk).filter((name) => name.startsWith('waitUntil'));
  const described = waiters.map((name) =>
    name.replace(/^waitUntil(.*?)(?:CompletedOrStopped|InService|Created|Deleted|Stopped|Updated)$/, 'Describe$1'),
  );
  const actions = Object.keys(services.SageMaker?.actions ?? {});
  t.equal(described.length, 13);
  t.same(
    described.filter((name) => !actions.includes(name)),
    [],
  );
});

t.test(
  'the constraints are those of botocore; `npm run api-model` writes them anew',
  { skip: peerMissing('botocore') },
  async (t) => {
    for (const [url, text] of renderApiModels()) {
      const kept = readFileSync(new URL(url), 'utf8');
      const versionOf = (file: string) => /botocore ([\d.]+\d)/.exec(file)?.[1];
      if (versionOf(kept) !== versionOf(text)) {
        t.pass(`made from botocore ${versionOf(kept)}, and ${python} has ${versionOf(text)}`, { skip: true });
      } else t.equal(text, kept, url);
    }
  },
);
