import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Config } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts a request that comes from no known client. @throws GatewayError rate_limited */
    countStranger(request: FastifyRequest): Promise<void>;
  }
}

const whereClientsAreKnown = { requests: 600, seconds: 60 };
/** Load balancers ask from few addresses, and often. */
const uncounted = new Set(['/healthz', '/readyz']);

/**
 * Limits requests of no known client by their address, in this replica: a flood is stopped where it arrives. Known clients are not counted
 * here, so that a stranger behind the same address cannot lock them out.
 */
export default fp<{ readonly limit: Config['limits']['perAddress']; readonly clientsKnown: boolean }>(
  async (app, { limit = undefined, clientsKnown }) => {
    const { requests, seconds } = limit ?? whereClientsAreKnown;
    const counts = limit !== undefined || clientsKnown;
    await app.register(rateLimit, { global: false, max: requests, timeWindow: seconds * 1000, cache: 20_000 });
    const count = app.createRateLimit();

    app.decorate('countStranger', async (request: FastifyRequest) => {
      if (!counts || uncounted.has(request.route.url ?? '')) return;
      const counted = await count(request);
      if (counted.isAllowed || !counted.isExceeded) return;
      throw new GatewayError('rate_limited', `The limit "address" is reached: ${requests} requests in ${seconds} s.`, {
        limit: 'address',
        retryAfter: Math.max(counted.ttlInSeconds, 1),
      });
    });
  },
  { name: 'address-limit' },
);
