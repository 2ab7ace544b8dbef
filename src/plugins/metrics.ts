import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Client } from '../auth/client.ts';
import type { Metrics } from '../config/metrics.ts';
import { reportEmbedded } from '../metrics/embedded.ts';
import { ModelMetrics } from '../metrics/model-metrics.ts';
import { RequestMetrics } from '../metrics/request-metrics.ts';
import type { CaptureLoss } from '../predict/capture-writer.ts';
import type { PipelineEvents } from '../predict/events.ts';
import type { CallableModel } from '../predict/model.ts';
import { version } from '../version.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** What /metrics shows; plugins add their own. */
    metricsRegistry: Registry;
    /** Counts what the pipeline of a model tells. */
    watchPipeline(model: CallableModel): PipelineEvents;
    /** Counts captured lines that were lost. */
    captureLost(lines: number, why: CaptureLoss): void;
  }
}

/** Names of the clients that the configuration has now; the list is another one after a change. */
function clientNames(list: () => readonly Client[]): (name: string) => boolean {
  let seen: readonly Client[] | undefined;
  let names = new Set<string>();
  return (name) => {
    const now = list();
    if (now !== seen) {
      seen = now;
      names = new Set(now.map((client) => client.name));
    }
    return names.has(name);
  };
}

const nothing = () => {};

/** For a gateway that counts nothing. */
const unwatched: PipelineEvents = {
  loadBy: nothing,
  breakerBy: nothing,
  answered: nothing,
  failed: nothing,
  batched: nothing,
  retried: nothing,
  upstream: nothing,
};

/** Prometheus metrics at /metrics. Labels are names of the configuration, route patterns and codes, never what a caller chose. */
export default fp<Metrics>(
  async (app: FastifyInstance, { enabled, emfNamespace, emfIntervalMs }) => {
    const registry = new Registry();
    const registers = [registry];
    app.decorate('metricsRegistry', registry);
    if (!enabled) {
      app.decorate('captureLost', nothing);
      app.decorate('watchPipeline', () => unwatched);
      return;
    }
    collectDefaultMetrics({ register: registry });
    new Gauge({
      name: 'gateway_build_info',
      help: 'Always 1; what runs here',
      labelNames: ['version', 'node'],
      registers,
    }).set({ version, node: process.versions.node }, 1);
    const lost = new Counter({
      name: 'gateway_captures_lost_total',
      help: 'Captured requests that were not kept: more came than S3 took (overflow), or S3 refused them (write_failed)',
      labelNames: ['reason'],
      registers,
    });
    for (const reason of ['overflow', 'write_failed'] satisfies CaptureLoss[]) lost.inc({ reason }, 0);
    app.decorate('captureLost', (lines: number, reason: CaptureLoss) => lost.inc({ reason }, lines));

    const models = new ModelMetrics(registry);
    app.decorate('watchPipeline', ({ name, concurrency, batching }: CallableModel) =>
      models.eventsOf(name, {
        maxInFlight: batching?.maxInFlight ?? concurrency.maxInFlight,
        maxQueue: concurrency.maxQueue,
      }),
    );
    const requests = new RequestMetrics(registry, {
      isModel: (name) => models.isModel(name),
      isClient: clientNames(() => app.namedClients()),
    });
    if (emfNamespace !== undefined) {
      const close = reportEmbedded(registry, { namespace: emfNamespace, intervalMs: emfIntervalMs }, app.log);
      app.addHook('onClose', close);
    }
    app.decorateRequest('isOpen', false);
    app.addHook('onRequest', (request, _reply, done) => {
      requests.began(request);
      done();
    });
    app.addHook('onResponse', (request, reply, done) => {
      requests.ended(request, reply);
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
