import {
  type Context,
  type Span as OtelSpan,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace as traceApi,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { codeOf } from '../errors.ts';
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

class RequestSpans implements RequestTrace {
  readonly #tracer: OtelTracer;
  readonly #span: OtelSpan;
  readonly #toContainer: boolean;
  readonly #context: SpanContext;
  readonly recorded: boolean;
  #within: Context | undefined;
  #headers: TraceHeaders | undefined;

  constructor(tracer: OtelTracer, span: OtelSpan, toContainer: boolean) {
    this.#tracer = tracer;
    this.#span = span;
    this.#toContainer = toContainer;
    this.#context = span.spanContext();
    this.recorded = span.isRecording();
  }

  get ids() {
    const { traceId, spanId, traceFlags } = this.#context;
    return { trace_id: traceId, span_id: spanId, trace_flags: two(traceFlags) };
  }

  get headers(): TraceHeaders {
    this.#headers ??= headersOf(this.#context, this.#toContainer);
    return this.#headers;
  }

  get spanContext(): SpanContext {
    return this.#context;
  }

  begin(name: string, attributes?: Attributes, kind?: 'client', links: readonly SpanContext[] = []): Span | undefined {
    if (!this.recorded) return undefined;
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
    const recorded = [this, ...others].filter(
      (each): each is RequestSpans => each instanceof RequestSpans && each.recorded,
    );
    const [first = this, ...rest] = recorded;
    if (rest.length === 0) return first;
    const links = rest.map(({ spanContext }) => spanContext);
    return {
      headers: first.headers,
      begin: (name, attributes, kind) => first.begin(name, attributes, kind, links),
      joined: (more) => first.joined(more),
    };
  }

  end(name: string, attributes: Attributes, error: unknown): void {
    this.#span.updateName(name);
    // What the client did wrong is no failure of the service (semantic conventions for HTTP servers).
    finish(this.#span, attributes, error, Number(attributes['http.response.status_code']) >= 500);
  }
}

/** Spans of requests by OpenTelemetry's tracer. */
export const traceRequests =
  (tracer: OtelTracer, toContainer: boolean): Tracer =>
  (headers) => {
    const parent = headers.traceparent === undefined ? ROOT_CONTEXT : propagator.extract(ROOT_CONTEXT, headers, getter);
    return new RequestSpans(tracer, tracer.startSpan('HTTP', { kind: SpanKind.SERVER }, parent), toContainer);
  };
