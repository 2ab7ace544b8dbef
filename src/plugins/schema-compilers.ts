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
  let strict: CompileRoute | undefined;
  let textual: CompileRoute | undefined;
  function compile(route: RouteDefinition): ReturnType<CompileRoute> {
    if (route.httpPart === 'body') {
      strict ??= build(false);
      return strict(route);
    }
    textual ??= build(true);
    return textual(route);
  }
  return ((route: RouteDefinition) => lazyValidator(() => compile(route))) as unknown as Compile;
};

type Validator = ((value: unknown) => unknown) & { errors?: unknown };

/** Compiles at the first request: all schemas at once would take half of the start, and most processes see few of the routes. */
function lazyValidator(compile: () => Validator): Validator {
  let compiled: Validator | undefined;
  const validate: Validator = (value) => {
    compiled ??= compile();
    const valid = compiled(value);
    // Where Fastify looks for them.
    validate.errors = compiled.errors;
    return valid;
  };
  return validate;
}

const serializer = SerializerSelector();

/** Fastify's serialiser, compiled at the first answer too; problems, thirteen in each route's schema, need none. */
const buildSerializer: SerializerFactory = (externalSchemas, options) => {
  const compile = serializer(externalSchemas, options);
  return (route) => {
    if (isProblem(route.schema)) return JSON.stringify;
    let stringify: ReturnType<typeof compile> | undefined;
    return (document) => {
      stringify ??= compile(route);
      return stringify(document);
    };
  };
};

const isProblem = (schema: unknown): boolean =>
  typeof schema === 'object' && schema !== null && '$ref' in schema && schema.$ref === 'Problem#';

/** How schemas become code, for Fastify. */
export const schemaController: NonNullable<FastifyServerOptions['schemaController']> = {
  compilersFactory: { buildValidator, buildSerializer },
};
