import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import t from 'tap';
import { openapiFile, renderOpenapi } from '../scripts/openapi.ts';

const committed = readFileSync(openapiFile, 'utf8');

t.test('openapi.yaml is what the routes say; `npm run openapi` writes it anew', async (t) => {
  t.equal(await renderOpenapi(), committed);
});

t.test('it is valid OpenAPI 3.1 by the JSON schema of the specification', async (t) => {
  const result = await new Validator().validate(committed);
  t.ok(result.valid, JSON.stringify(result.errors));
});

t.test('it is valid by the rules of a linter for API descriptions', async (t) => {
  // Health and metrics have nothing a client could do wrong, so they declare no 4XX.
  const config = await createConfig({ extends: ['recommended'], rules: { 'operation-4xx-response': 'off' } });
  const problems = await lintFromString({ source: committed, config });
  t.strictSame(
    problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`),
    [],
  );
});

t.test('every operation has what a reader and a generator of clients need', async (t) => {
  const { default: YAML } = await import('yaml');
  const document = YAML.parse(committed) as {
    paths: Record<string, Record<string, { operationId?: string; summary?: string; tags?: string[] }>>;
  };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ at: `${method} ${path}`, ...operation })),
  );
  for (const { at, operationId, summary, tags } of operations) {
    t.match(operationId, /^[a-z]+([A-Z][a-z0-9]*)*$/, `${at} has an operationId`);
    t.ok(summary && tags?.length, `${at} has a summary and a tag`);
  }
  t.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length, 'operationIds are unique');
});
