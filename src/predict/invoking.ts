import { codeOf } from '../errors.ts';
import type { Invoker } from '../sagemaker/invoke.ts';
import { beginInvocation } from '../tracing/trace.ts';
import { lateInQueue } from './admission.ts';
import type { Send } from './call.ts';
import type { PipelineEvents } from './events.ts';

/** Sends a call by the invoker; what is left of its time is the time SageMaker has. */
export function invoking(invoker: Invoker, events: Pick<PipelineEvents, 'upstream'>): Send {
  return (call) => {
    const { endpoint, deadline, trace } = call;
    const sent = performance.now();
    if (sent >= deadline) return Promise.reject(lateInQueue());
    const span = beginInvocation(trace, 'InvokeEndpoint', endpoint);
    return invoker.invoke(call, (span ?? trace)?.headers).then(
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
