import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

declare module 'fastify' {
  interface FastifyInstance {
    /** What /metrics shows; plugins add their own. */
    metricsRegistry: Registry;
  }
}

/** Prometheus metrics at /metrics. Labels are route patterns and statuses, never what a caller chose. */
export default fp(
  async (app: FastifyInstance) => {
    const registry = new Registry();
    app.decorate('metricsRegistry', registry);
    collectDefaultMetrics({ register: registry });
    const labelNames = ['method', 'route', 'status'] as const;
    const requests = new Counter({
      name: 'gateway_requests_total',
      help: 'Requests answered',
      labelNames,
      registers: [registry],
    });
    const duration = new Histogram({
      name: 'gateway_request_duration_seconds',
      help: 'Time from the request line to the end of the answer',
      labelNames,
      buckets: seconds,
      registers: [registry],
    });

    app.addHook('onResponse', (request, reply, done) => {
      const labels = {
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: String(reply.statusCode),
      };
      requests.inc(labels);
      duration.observe(labels, reply.elapsedTime / 1000);
      done();
    });
    app.get(
      '/metrics',
      {
        schema: {
          tags: ['operations'],
          operationId: 'getMetrics',
          summary: 'Prometheus metrics',
          response: {
            200: { description: 'Prometheus text format', content: { 'text/plain': { schema: { type: 'string' } } } },
          },
        },
      },
      async (_request, reply) =>
        reply
          .type(registry.contentType)
          .serializer(String)
          .send(await registry.metrics()),
    );
  },
  { name: 'metrics' },
);
