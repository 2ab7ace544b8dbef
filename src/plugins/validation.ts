import AjvCompiler, { type BuildCompilerFromPool, type RouteDefinition } from '@fastify/ajv-compiler';
import type { FastifyServerOptions } from 'fastify';

type Compile = ReturnType<BuildCompilerFromPool>;
// The declared parameter is the bare schema; Fastify calls with the route's definition.
type CompileRoute = (route: RouteDefinition) => ReturnType<Compile>;

const compiler = AjvCompiler();

/**
 * Fastify's validator, strict: unknown fields are refused, not dropped, every fault is found, and a body's "1" is no number.
 * Only where everything is text (query, path, headers) is text read as numbers.
 */
const buildValidator: BuildCompilerFromPool = (externalSchemas) => {
  const build = (coerceTypes: boolean) =>
    compiler(externalSchemas, {
      customOptions: {
        removeAdditional: false,
        allErrors: true,
        useDefaults: true,
        allowUnionTypes: true,
        coerceTypes,
      },
    }) as unknown as CompileRoute;
  const strict = build(false);
  const textual = build(true);
  const compile: CompileRoute = (route) => (route.httpPart === 'body' ? strict(route) : textual(route));
  return compile as unknown as Compile;
};

export const schemaController: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: { buildValidator },
};
