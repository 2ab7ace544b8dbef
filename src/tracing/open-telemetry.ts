import {
  type Context,
  type Span as OtelSpan,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace as traceApi,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace';
import { codeOf } from '../errors.ts';
import type { Ids } from './ids.ts';
import type { Attributes, RequestTrace, Span, Trace, TraceHeaders, Tracer } from './trace.ts';

const propagator = new W3CTraceContextPropagator();

/** Node joins a header that came twice with commas; of traceparent that is no valid one, and of tracestate the way it is meant. */
const getter = {
  get: (headers: Readonly<Record<string, string | string[] | undefined>>, name: string) => headers[name],
  keys: Object.keys,
};

const two = (flags: number): string => flags.toString(16).padStart(2, '0');

function headersOf({ traceId, spanId, traceFlags, traceState }: SpanContext, toContainer: boolean): TraceHeaders {
  const traceparent = `00-${traceId}-${spanId}-${two(traceFlags)}`;
  const state = traceState?.serialize();
  const headers: Record<string, string> = { traceparent };
  if (state) headers.tracestate = state;
  if (toContainer) headers['x-amzn-sagemaker-custom-attributes'] = `traceparent=${traceparent}`;
  return headers;
}

function finish(span: OtelSpan, attributes: Attributes | undefined, error: unknown, isFailure: boolean): void {
  if (attributes !== undefined) span.setAttributes(attributes);
  if (error !== undefined) {
    const code = codeOf(error);
    span.setAttribute('error.type', code);
    // No message: it may quote the request.
    if (isFailure) span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  }
  span.end();
}

const logged = ({ traceId, spanId, traceFlags }: SpanContext): RequestTrace['ids'] => ({
  trace_id: traceId,
  span_id: spanId,
  trace_flags: two(traceFlags),
});

/** Work that several requests share belongs to the first of them that is recorded, and names the others. */
function joint(traces: readonly (Trace | undefined)[]): Trace | undefined {
  const [first, ...rest] = traces.filter((each): each is RequestSpans => each instanceof RequestSpans);
  if (first === undefined || rest.length === 0) return first;
  const links = rest.map(({ spanContext }) => spanContext);
  return {
    headers: first.headers,
    begin: (name, attributes, kind) => first.begin(name, attributes, kind, links),
    joined: (more) => first.joined(more),
  };
}

/**
 * The trace of a request that nobody records: ids for the log and for who is called next. The SDK has a span for it as well, whose making is felt
 * where one request in a hundred is recorded.
 */
class UnrecordedTrace implements RequestTrace {
  readonly recorded = false;
  readonly #context: SpanContext;
  readonly #toContainer: boolean;
  #headers: TraceHeaders | undefined;

  constructor(context: SpanContext, toContainer: boolean) {
    this.#context = context;
    this.#toContainer = toContainer;
  }

  get ids() {
    return logged(this.#context);
  }

  get headers(): TraceHeaders {
    this.#headers ??= headersOf(this.#context, this.#toContainer);
    return this.#headers;
  }

  begin(): undefined {}

  joined(others: readonly (Trace | undefined)[]): Trace {
    return joint(others) ?? this;
  }

  end(): void {}
}

class RequestSpans implements RequestTrace {
  readonly #tracer: OtelTracer;
  readonly #span: OtelSpan;
  readonly #toContainer: boolean;
  readonly #context: SpanContext;
  readonly recorded = true;
  #within: Context | undefined;
  #headers: TraceHeaders | undefined;

  constructor(tracer: OtelTracer, span: OtelSpan, toContainer: boolean) {
    this.#tracer = tracer;
    this.#span = span;
    this.#toContainer = toContainer;
    this.#context = span.spanContext();
  }

  get ids() {
    return logged(this.#context);
  }

  get headers(): TraceHeaders {
    this.#headers ??= headersOf(this.#context, this.#toContainer);
    return this.#headers;
  }

  get spanContext(): SpanContext {
    return this.#context;
  }

  begin(name: string, attributes?: Attributes, kind?: 'client', links: readonly SpanContext[] = []): Span {
    this.#within ??= traceApi.setSpan(ROOT_CONTEXT, this.#span);
    const span = this.#tracer.startSpan(
      name,
      {
        kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
        ...(attributes === undefined ? {} : { attributes }),
        ...(links.length === 0 ? {} : { links: links.map((context) => ({ context })) }),
      },
      this.#within,
    );
    return {
      headers: headersOf(span.spanContext(), this.#toContainer),
      end: (attributes, error) => finish(span, attributes, error, true),
    };
  }

  joined(others: readonly (Trace | undefined)[]): Trace {
    return joint([this, ...others]) ?? this;
  }

  end(name: string, attributes: Attributes, error: unknown): void {
    this.#span.updateName(name);
    // What the client did wrong is no failure of the service (semantic conventions for HTTP servers).
    finish(this.#span, attributes, error, Number(attributes['http.response.status_code']) >= 500);
  }
}

export interface Tracing {
  readonly tracer: OtelTracer;
  /** That of the tracer. It is asked before there is a span. */
  readonly sampler: Sampler;
  /** Those of the tracer. */
  readonly ids: Ids;
  readonly toContainer: boolean;
}

/** Spans of requests by OpenTelemetry's tracer. */
export const traceRequests =
  ({ tracer, sampler, ids, toContainer }: Tracing): Tracer =>
  (headers) => {
    const parent = headers.traceparent === undefined ? ROOT_CONTEXT : propagator.extract(ROOT_CONTEXT, headers, getter);
    const caller = traceApi.getSpanContext(parent);
    const traceId = caller?.traceId ?? ids.draw();
    const { decision } = sampler.shouldSample(parent, traceId, 'HTTP', SpanKind.SERVER, {}, []);
    if (decision !== SamplingDecision.NOT_RECORD) {
      return new RequestSpans(tracer, tracer.startSpan('HTTP', { kind: SpanKind.SERVER }, parent), toContainer);
    }
    const { traceState } = caller ?? {};
    const context = { traceId, spanId: ids.generateSpanId(), traceFlags: TraceFlags.NONE };
    return new UnrecordedTrace(traceState === undefined ? context : { ...context, traceState }, toContainer);
  };
