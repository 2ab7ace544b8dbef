import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import type { Attributes, RequestTrace, Tracer } from '../tracing/trace.ts';
import { RequestLog } from './request-log.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Traces new requests from here on: the SDK is loaded when the gateway serves already. There where tracing is on. */
    traceBy(tracer: Tracer): void;
  }
  interface FastifyRequest {
    trace: RequestTrace | undefined;
  }
}

/** Asked every few seconds by machines, and of no interest to anybody who looks at traces. */
const untraced = new Set(['/healthz', '/readyz', '/metrics']);

/** By the semantic conventions for HTTP servers. No query, no header beside the agent's: they may hold secrets. */
function attributesOf(request: FastifyRequest, reply: FastifyReply): Attributes {
  return {
    'http.request.method': request.method,
    'http.route': request.route.url,
    'http.response.status_code': reply.statusCode,
    'url.scheme': request.protocol,
    'url.path': request.url.split('?')[0],
    'client.address': request.ip,
    'user_agent.original': request.headers['user-agent'],
    'gateway.request_id': request.id,
    'gateway.client': request.client?.name,
    'gateway.model': request.model,
    'gateway.cache': reply.getHeader('x-cache') as string | undefined,
  };
}

/** A span for each request, going on with the caller's trace (W3C Trace Context), and the trace's id in each line of the log. */
export default fp<{ readonly enabled: boolean }>(
  async (app, { enabled }) => {
    app.decorateRequest('trace', undefined);
    if (!enabled) return;
    let tracer: Tracer | undefined;
    app.decorate('traceBy', (started: Tracer) => {
      tracer = started;
    });
    app.addHook('onRequest', (request, _reply, done) => {
      if (tracer !== undefined && !untraced.has(request.route.url ?? '')) {
        const trace = tracer(request.raw.headers);
        request.trace = trace;
        if (trace !== undefined && request.log instanceof RequestLog) request.log.carry(trace);
      }
      done();
    });
    app.addHook('onResponse', (request, reply, done) => {
      const { trace, failure } = request;
      if (trace?.recorded) {
        const { method, route } = request;
        const name = route.url === undefined ? method : `${method} ${route.url}`;
        trace.end(name, attributesOf(request, reply), failure);
      }
      done();
    });
  },
  { name: 'tracing' },
);
