import { type Tracer as OtelTracer, ROOT_CONTEXT, SpanKind, TraceFlags, trace as traceApi } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace';
import type { Ids } from './ids.ts';
import { RequestSpans } from './request-spans.ts';
import type { Tracer } from './trace.ts';
import { UnrecordedTrace } from './unrecorded-trace.ts';

const propagator = new W3CTraceContextPropagator();

/** Node joins a header that came twice with commas; of traceparent that is no valid one, and of tracestate the way it is meant. */
const getter = {
  get: (headers: Readonly<Record<string, string | string[] | undefined>>, name: string) => headers[name],
  keys: Object.keys,
};

export interface Tracing {
  readonly tracer: OtelTracer;
  /** That of the tracer. It is asked before there is a span. */
  readonly sampler: Sampler;
  /** What that one asks of traces that begin here. */
  readonly rootSampler: Sampler;
  /** Those of the tracer. */
  readonly ids: Ids;
  readonly toContainer: boolean;
}

/** Spans of requests by OpenTelemetry's tracer. */
export const traceRequests =
  ({ tracer, sampler, rootSampler, ids, toContainer }: Tracing): Tracer =>
  (headers) => {
    const parent = headers.traceparent === undefined ? ROOT_CONTEXT : propagator.extract(ROOT_CONTEXT, headers, getter);
    const caller = parent === ROOT_CONTEXT ? undefined : traceApi.getSpanContext(parent);
    const traceId = caller?.traceId ?? ids.draw();
    const deciding = caller === undefined ? rootSampler : sampler;
    const { decision } = deciding.shouldSample(parent, traceId, 'HTTP', SpanKind.SERVER, {}, []);
    if (decision !== SamplingDecision.NOT_RECORD) {
      return new RequestSpans(tracer, tracer.startSpan('HTTP', { kind: SpanKind.SERVER }, parent), toContainer);
    }
    // A trace of which nobody has heard or will hear: neither a line of the log nor a call has to name it.
    if (caller === undefined && !toContainer) return undefined;
    const { traceState } = caller ?? {};
    const context = { traceId, spanId: ids.generateSpanId(), traceFlags: TraceFlags.NONE };
    return new UnrecordedTrace(traceState === undefined ? context : { ...context, traceState }, toContainer);
  };
