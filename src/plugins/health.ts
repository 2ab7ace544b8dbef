import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import fp from 'fastify-plugin';
import Type from 'typebox';
import { Dependency, type DependencyOptions } from './dependency.ts';
import lifecycle from './lifecycle.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Adds to what /readyz tells of. */
    watchDependency(name: string, options: DependencyOptions): void;
  }
}

const Health = Type.Object({ status: Type.String() });

const Readiness = Type.Object({
  status: Type.Enum(['ok', 'starting', 'draining']),
  dependencies: Type.Record(
    Type.String(),
    Type.Object({
      status: Type.Enum(['unknown', 'ok', 'failing']),
      needed: Type.Boolean({ description: 'Whether it must have worked once before the gateway is ready.' }),
      checkedAt: Type.Optional(Type.String({ format: 'date-time' })),
      failure: Type.Optional(Type.String({ description: 'Kind of the last failure.' })),
    }),
  ),
});

/**
 * Liveness and readiness. Liveness depends on nothing: a gateway that lost AWS must answer 503s of its own, not be restarted. Readiness is
 * lost for good when the end begins, and else only waited for at the start.
 */
const health: FastifyPluginAsyncTypebox = async (app) => {
  await app.register(lifecycle);
  const dependencies = new Map<string, Dependency>();
  app.decorate('watchDependency', (name: string, options: DependencyOptions) => {
    dependencies.set(name, new Dependency(options));
  });

  app.get(
    '/healthz',
    {
      schema: {
        operationId: 'checkLiveness',
        tags: ['operations'],
        summary: 'Is the process alive',
        response: { 200: Health },
      },
    },
    async () => ({
      status: 'ok',
    }),
  );
  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'checkReadiness',
        tags: ['operations'],
        summary: 'Can it take requests',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const states = await Promise.all(
        [...dependencies].map(async ([name, dependency]) => [name, await dependency.state()] as const),
      );
      const ready = [...dependencies.values()].every((dependency) => dependency.ready);
      const status = app.lifecycle.draining ? 'draining' : ready ? 'ok' : 'starting';
      return reply
        .code(status === 'ok' ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({ status, dependencies: Object.fromEntries(states) });
    },
  );
};
export default fp(health, { name: 'health' });
