import AjvCompiler, { type BuildCompilerFromPool, type RouteDefinition } from '@fastify/ajv-compiler';
import type { FastifyServerOptions } from 'fastify';

const compiler = AjvCompiler();

/**
 * Fastify's validator, strict: unknown fields are refused, not dropped, every fault is found, and a body's "1" is no number.
 * Only where everything is text (query, path, headers) is text read as numbers.
 */
const buildValidator: BuildCompilerFromPool = (externalSchemas, options) => {
  const build = (coerceTypes: boolean) =>
    compiler(externalSchemas, {
      customOptions: {
        ...options?.customOptions,
        removeAdditional: false,
        allErrors: true,
        useDefaults: true,
        coerceTypes,
      },
    } as typeof options) as unknown as (route: RouteDefinition) => ReturnType<ReturnType<BuildCompilerFromPool>>;
  const strict = build(false);
  const textual = build(true);
  return ((route: RouteDefinition) =>
    route.httpPart === 'body' ? strict(route) : textual(route)) as unknown as ReturnType<BuildCompilerFromPool>;
};

export const schemaController: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: { buildValidator },
};
