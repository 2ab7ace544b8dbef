import type { SpanContext } from '@opentelemetry/api';
import { joint } from './request-spans.ts';
import { headersOf, logged } from './span-context.ts';
import type { RequestTrace, Trace, TraceHeaders } from './trace.ts';

/**
 * The trace of a request that is not recorded here but known elsewhere: ids for the log and for who is called next. The SDK has a span for it as well,
 * whose making is felt where one request in a hundred is recorded.
 */
export class UnrecordedTrace implements RequestTrace {
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

  joined(others: readonly Trace[]): Trace {
    return joint(others) ?? this;
  }

  end(): void {}
}
