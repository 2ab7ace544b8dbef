import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

/** How often it is looked whether connections have become idle, ms. */
const look = 25;

/**
 * Ends each connection with the answer that was on its way when the gateway began to stop. Node closes connections that are idle at that moment
 * only, and one that becomes idle later would hold up the stop for as long as its keep-alive lasts.
 */
export default fp(
  async (app: FastifyInstance) => {
    app.addHook('preClose', async () => {
      const sweep = setInterval(() => app.server.closeIdleConnections(), look);
      app.server.once('close', () => clearInterval(sweep));
    });
  },
  { name: 'closing' },
);
