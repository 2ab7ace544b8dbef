import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import t from 'tap';
import YAML from 'yaml';
import { createApiKey } from '../../src/auth/api-key.ts';
import { loadConfig } from '../../src/config/load.ts';
import { defaultModelSettings } from '../../src/config/validate.ts';
import { customers, startWithModel, trainAndDeploy } from './deployed.ts';

interface Operation {
  operationId: string;
  parameters?: { name: string }[];
  requestBody: { content: Record<string, { schema: Schema; examples?: Record<string, { value: unknown }> }> };
  responses: Record<string, unknown>;
}
interface Schema {
  properties: Record<string, Schema>;
  items: Schema;
  anyOf: Schema[];
  required?: string[];
}
interface Document {
  paths: Record<string, { post: Operation }>;
}

const image = defaultModelSettings({ endpoint: 'photos', contentType: 'image/jpeg', accept: 'application/json' });
const gateway = await startWithModel(t, {}, { models: { photo: image } });
const { url, app } = gateway;
await trainAndDeploy(url, customers);
const read = async (path: string, headers = {}) => {
  const response = await fetch(url + path, { headers });
  return YAML.parse(await response.text()) as Document;
};

t.test('each model has a path of its own, with what is known of it', async (t) => {
  const { paths } = await read('/openapi.json');
  t.strictSame(
    Object.keys(paths).filter((path) => path.startsWith('/predict/') && !path.includes('{')),
    ['/predict/photo', '/predict/buyer', '/predict/heavy'],
  );
  const operation = paths['/predict/buyer']?.post as Operation;
  t.match(operation, { operationId: 'predict_buyer', parameters: [], responses: { 200: {}, 400: {}, 504: {} } });
  const [named, array] =
    operation.requestBody.content['application/json']?.schema.properties.instances?.items.anyOf ?? [];
  t.strictSame(named?.properties, {
    age: { type: ['integer', 'null'], description: '20 to 69 in training.', examples: [20] },
    known: { type: ['boolean', 'integer', 'null'], minimum: 0, maximum: 1, examples: [0] },
    job: { type: ['string', 'null'], enum: ['cook', 'house-maid', 'self_employed', null], examples: ['cook'] },
  });
  t.strictSame(named?.required, ['age', 'known']);
  t.match(array, { type: 'array', minItems: 5, maxItems: 5 });
  t.strictSame(Object.keys(paths['/predict/photo']?.post.requestBody.content ?? {}), ['image/jpeg']);
});

t.test('every example can be executed as it stands', async (t) => {
  const { paths } = await read('/openapi.json');
  const scores = [];
  for (const [type, { examples }] of Object.entries(paths['/predict/buyer']?.post.requestBody.content ?? {})) {
    const value = examples?.row?.value;
    const response = await fetch(`${url}/predict/buyer`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: typeof value === 'string' ? value : JSON.stringify(value),
    });
    t.equal(response.status, 200, type);
    scores.push(await response.text());
  }
  t.equal(scores.length, 3);
  t.equal(new Set(scores).size, 1, 'the same row, the same score');
});

t.test('the document is valid OpenAPI 3.1, in all of its forms the same', async (t) => {
  const source = await (await fetch(`${url}/openapi.yaml`)).text();
  const result = await new Validator().validate(source);
  t.ok(result.valid, JSON.stringify(result.errors));
  const config = await createConfig({ extends: ['recommended'], rules: { 'operation-4xx-response': 'off' } });
  const problems = await lintFromString({ source, config });
  t.strictSame(
    problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`),
    [],
  );
  const document = await read('/openapi.json');
  for (const path of ['/openapi.yaml', '/docs/json', '/docs/yaml']) t.strictSame(await read(path), document, path);
  t.match(await (await fetch(`${url}/docs/`)).text(), /swagger-ui/);
  t.notMatch(app.swagger(), { paths: { '/predict/buyer': {} } }, 'the committed document stays without them');
});

t.test('who may not call a model is not shown it', async (t) => {
  const { key, stored } = createApiKey();
  const open = { ...loadConfig({}), models: { photo: image } };
  app.configure({ ...open, clients: { shop: { keys: [stored], scopes: ['predict'], models: ['buyer'] } } });
  t.teardown(() => app.configure(open));
  const paths = async (headers = {}) =>
    Object.keys((await read('/openapi.json', headers)).paths).filter((path) => /^\/predict\/\w/.test(path));
  t.strictSame(await paths(), []);
  t.strictSame(await paths({ 'x-api-key': key }), ['/predict/buyer']);
  t.strictSame(await paths({ 'x-api-key': `${key.slice(0, -1)}x` }), []);

  const { items } = (await read('/models', { 'x-api-key': key })) as unknown as { items: { name: string }[] };
  t.strictSame(
    items.map(({ name }) => name),
    ['buyer'],
  );
  t.match(await read('/models/buyer', { 'x-api-key': key }), { name: 'buyer' });
  t.match(await read('/models/heavy', { 'x-api-key': key }), { status: 403, code: 'forbidden' });
});

t.test('a registry that cannot be reached leaves the static document', async (t) => {
  const { aws, log } = gateway;
  aws.s3.middlewareStack.add(() => () => Promise.reject(new Error('no network')), { step: 'initialize', name: 'cut' });
  t.teardown(() => aws.s3.middlewareStack.remove('cut'));
  // Until the last list is old.
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  const { paths } = await read('/openapi.json');
  t.notOk(paths['/predict/buyer']);
  t.ok(paths['/predict/{model}']);
  t.match(
    log.findLast(({ msg }) => /cannot be listed/.test(String(msg))),
    { level: 40 },
  );
});
