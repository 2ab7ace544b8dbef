import type { FastifyInstance, FastifySchema } from 'fastify';
import Type, { type TObject } from 'typebox';
import { problems } from '../../plugins/problem.ts';
import { ref } from '../resource-schema.ts';
import { DryRun, dryRunType } from './dry-run.ts';

const dryRun = Type.Optional(
  Type.Boolean({ default: false, description: 'Answers the AWS calls that would be made, and makes none.' }),
);
const idempotencyKey = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 255,
    pattern: '^[ -~]+$',
    description: 'Sent again with the same key, the same request is answered as before, for 24 hours.',
  }),
);
const ifMatch = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 255,
    description: 'ETag of the resource: changes it only if it is still that.',
  }),
);

const withProperties = (schema: unknown, properties: Record<string, unknown>): unknown => {
  const { properties: own = {}, ...rest } = (schema ?? { type: 'object' }) as Partial<TObject>;
  return { ...rest, properties: { ...own, ...properties } };
};

/** The answers of a route with that of a dry run among them. */
function withDryRun(responses: Record<string, unknown>): Record<string, unknown> {
  const { 200: usual } = responses as { 200?: { content?: object; description?: string; $ref?: string } };
  const content = usual === undefined ? {} : (usual.content ?? { 'application/json': { schema: usual } });
  return {
    ...responses,
    200: {
      description: usual?.description ?? 'What a dry run would have done.',
      content: { ...content, [dryRunType]: { schema: ref(DryRun) } },
    },
  };
}

/** Adds to the schema of every route registered in `app` after this what all changes have in common. */
export function documentChanges(app: FastifyInstance): void {
  app.addSchema(DryRun);
  app.addHook('onRoute', (route) => {
    const { method, url } = route;
    if (typeof method !== 'string' || !['POST', 'PUT', 'PATCH', 'DELETE'].includes(method)) return;
    const schema: FastifySchema = route.schema ?? {};
    const isOfResource = /^\/admin\/[^/]+\/:/.test(url);
    const headers = {
      ...(method === 'POST' ? { 'idempotency-key': idempotencyKey } : {}),
      ...(isOfResource ? { 'if-match': ifMatch } : {}),
    };
    const statuses = [...(method === 'POST' ? [409, 422] : []), ...(isOfResource ? [409, 412] : [])];
    route.schema = {
      ...schema,
      querystring: withProperties(schema.querystring, { dryRun }),
      headers: withProperties(schema.headers, headers),
      response: withDryRun({ ...problems(...statuses), ...(schema.response as Record<string, unknown>) }),
    };
  });
}
