import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';

/**
 * Ends each connection with the answer that was on its way when the gateway began to stop. Node closes connections that are idle at that moment
 * only, and one that becomes idle later would hold up the stop for as long as its keep-alive lasts.
 */
export default fp(
  async (app: FastifyInstance) => {
    let stopping = false;
    app.addHook('preClose', async () => {
      stopping = true;
    });
    app.addHook('onResponse', (request, _reply, done) => {
      if (stopping) request.raw.socket.destroySoon();
      done();
    });
  },
  { name: 'closing' },
);
