import { codeOf } from '../errors.ts';
import type { Invoker } from '../sagemaker/invoke.ts';
import { beginInvocation, type TraceHeaders } from '../tracing/trace.ts';
import { lateInQueue } from './admission.ts';
import type { ModelCall, Send } from './call.ts';
import type { PipelineEvents } from './events.ts';

/** The call with the headers of its trace. */
function withHeaders(call: ModelCall, traced: { readonly headers: TraceHeaders } | undefined): ModelCall {
  if (traced === undefined) return call;
  return { ...call, headers: call.headers === undefined ? traced.headers : { ...call.headers, ...traced.headers } };
}

/** Sends a call by the invoker; what is left of its time is the time SageMaker has. */
export function invoking(invoker: Invoker, events: Pick<PipelineEvents, 'upstream'>): Send {
  return (call) => {
    const { endpoint, deadline, trace } = call;
    const sent = performance.now();
    if (sent >= deadline) return Promise.reject(lateInQueue());
    const span = beginInvocation(trace, 'InvokeEndpoint', endpoint);
    return invoker.invoke(withHeaders(call, span ?? trace)).then(
      ({ contentType, body, headers }) => {
        const upstreamMs = performance.now() - sent;
        events.upstream(
          endpoint,
          upstreamMs,
          undefined,
          headers['x-amzn-invoked-production-variant'] as string | undefined,
        );
        span?.end({ 'aws.request_id': headers['x-amzn-requestid'] as string | undefined });
        return { contentType, body, headers, upstreamMs };
      },
      (error) => {
        events.upstream(endpoint, performance.now() - sent, codeOf(error));
        span?.end(undefined, error);
        throw error;
      },
    );
  };
}
