import type { SpanContext } from '@opentelemetry/api';
import type { RequestTrace, TraceHeaders } from './trace.ts';

/** Trace flags as two hexadecimal digits. */
const written = Array.from({ length: 256 }, (_, flags) => flags.toString(16).padStart(2, '0'));
const two = (flags: number): string => written[flags & 0xff] ?? '00';

/** @param toContainer whether the model is to see it too, in the one header that SageMaker hands on */
export function headersOf(
  { traceId, spanId, traceFlags, traceState }: SpanContext,
  toContainer: boolean,
): TraceHeaders {
  const traceparent = `00-${traceId}-${spanId}-${two(traceFlags)}`;
  const state = traceState?.serialize();
  const headers: Record<string, string> = { traceparent };
  if (state) headers.tracestate = state;
  if (toContainer) headers['x-amzn-sagemaker-custom-attributes'] = `traceparent=${traceparent}`;
  return headers;
}

/** As the log names a span. */
export const logged = ({ traceId, spanId, traceFlags }: SpanContext): RequestTrace['ids'] => ({
  trace_id: traceId,
  span_id: spanId,
  trace_flags: two(traceFlags),
});
