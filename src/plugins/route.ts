import type { FastifyInstance, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the route: its pattern, and what was said of it where it was registered. One object for all its requests; no pattern where there is no route. */
    route: FastifyContextConfig & { readonly url?: string };
  }
}

/** Looks up a request's route once: Fastify's `routeOptions` makes an object of a dozen members whenever it is read. */
export default fp(
  async (app: FastifyInstance) => {
    app.decorateRequest('route');
    app.addHook('onRequest', (request: FastifyRequest, _reply, done) => {
      request.route = request.routeOptions.config;
      done();
    });
  },
  { name: 'route' },
);
