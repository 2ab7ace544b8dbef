import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';

const Health = Type.Object({ status: Type.String() });

/** Liveness and readiness. Neither depends on AWS: a gateway that lost AWS must answer 503s of its own, not be restarted. */
const health: FastifyPluginAsyncTypebox = async (app) => {
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
        response: { 200: Health },
      },
    },
    async () => ({
      status: 'ok',
    }),
  );
};
export default health;
