import AjvCompiler from '@fastify/ajv-compiler';
import type { FastifyServerOptions } from 'fastify';

type Controller = NonNullable<FastifyServerOptions['schemaController']>;
type Factory = NonNullable<NonNullable<Controller['compilersFactory']>['buildValidator']>;

const compiler = AjvCompiler();

/**
 * Fastify's validator, strict: unknown fields are refused, not dropped, every fault is found, and a body's "1" is no number.
 * Only where everything is text (query, path, headers) is text read as numbers.
 */
const buildValidator: Factory = (externalSchemas, options) => {
  const build = (coerceTypes: boolean) =>
    compiler(externalSchemas, {
      ...options,
      customOptions: {
        ...options?.customOptions,
        removeAdditional: false,
        allErrors: true,
        useDefaults: true,
        coerceTypes,
      },
    });
  const strict = build(false);
  const textual = build(true);
  return (route) => (route.httpPart === 'body' ? strict(route) : textual(route));
};

export const schemaController: Controller = { compilersFactory: { buildValidator } };
