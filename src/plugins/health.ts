import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type from 'typebox';

const Health = Type.Object({ status: Type.String() });

/** Liveness and readiness. Neither depends on AWS: a gateway that lost AWS must answer 503s of its own, not be restarted. */
const health: FastifyPluginAsyncTypebox = async (app) => {
  const schema = { tags: ['operations'], response: { 200: Health } };
  app.get(
    '/healthz',
    { schema: { ...schema, operationId: 'checkLiveness', summary: 'Is the process alive' } },
    async () => ({
      status: 'ok',
    }),
  );
  app.get(
    '/readyz',
    { schema: { ...schema, operationId: 'checkReadiness', summary: 'Can it take requests' } },
    async () => ({
      status: 'ok',
    }),
  );
};
export default health;
