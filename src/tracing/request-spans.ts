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
import { codeOf } from '../errors.ts';
import { headersOf, logged } from './span-context.ts';
import type { Attributes, RequestTrace, Span, Trace, TraceHeaders } from './trace.ts';

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

/** Work that several requests share belongs to the first of them that is recorded, and names the others. */
export function joint(traces: readonly Trace[]): Trace | undefined {
  const [first, ...rest] = traces.filter((each) => each instanceof RequestSpans);
  if (first === undefined || rest.length === 0) return first;
  const links = rest.map(({ spanContext }) => spanContext);
  return {
    headers: first.headers,
    begin: (name, attributes, kind) => first.begin(name, attributes, kind, links),
    joined: (more) => first.joined(more),
  };
}

/** The trace of a request that is recorded: a span of OpenTelemetry's for it and for each part of the work. */
export class RequestSpans implements RequestTrace {
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

  joined(others: readonly Trace[]): Trace {
    return joint([this, ...others]) ?? this;
  }

  end(name: string, attributes: Attributes, error: unknown): void {
    this.#span.updateName(name);
    // What the client did wrong is no failure of the service (semantic conventions for HTTP servers).
    finish(this.#span, attributes, error, Number(attributes['http.response.status_code']) >= 500);
  }
}
