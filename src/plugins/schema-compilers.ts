import AjvCompiler, { type BuildCompilerFromPool, type RouteDefinition } from '@fastify/ajv-compiler';
import { type SerializerFactory, SerializerSelector } from '@fastify/fast-json-stringify-compiler';
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

const serializer = SerializerSelector();

/** Fastify's serialiser, but for problems: thirteen in each route's schema, and compiling them would take a third of the start. */
const buildSerializer: SerializerFactory = (externalSchemas, options) => {
  const compile = serializer(externalSchemas, options);
  return (route) => (isProblem(route.schema) ? JSON.stringify : compile(route));
};

const isProblem = (schema: unknown): boolean =>
  typeof schema === 'object' && schema !== null && '$ref' in schema && schema.$ref === 'Problem#';

/** How schemas become code, for Fastify. */
export const schemaController: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: { buildValidator, buildSerializer },
};
