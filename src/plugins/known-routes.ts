import type { FastifyInstance } from 'fastify';

/** A route's pattern as a regular expression: `:name` is one segment, `*` the rest. */
function toExpression(pattern: string): RegExp {
  const source = pattern
    .split('/')
    .map((segment) => {
      if (segment.startsWith(':')) return '[^/]+';
      return segment === '*' ? '.*' : segment.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    })
    .join('/');
  return new RegExp(`^${source}$`);
}

/**
 * Which methods a path has, so that a wrong one is told from a wrong path: 405 with Allow, not 404. Fastify's router finds a route by both at
 * once and cannot say.
 */
export function knownRoutes(app: FastifyInstance): (path: string) => string[] {
  const methodsOf = new Map<string, { readonly expression: RegExp; readonly methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = methodsOf.get(url) ?? { expression: toExpression(url), methods: new Set() };
    methodsOf.set(url, known);
    for (const one of Array.isArray(method) ? method : [method]) known.methods.add(one);
  });
  return (path) => {
    const found = [...methodsOf.values()].filter(({ expression }) => expression.test(path));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort();
  };
}
