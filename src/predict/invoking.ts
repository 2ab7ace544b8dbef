import type { Invoker } from '../sagemaker/invoke.ts';
import { lateInQueue } from './admission.ts';
import type { Send } from './call.ts';
import type { PipelineEvents } from './events.ts';
import { codeOf } from './observing.ts';

/** Sends a call by the invoker; what is left of its time is the time SageMaker has. */
export function invoking(invoker: Invoker, events: Pick<PipelineEvents, 'upstream'>): Send {
  return (call) => {
    const { endpoint, deadline } = call;
    const sent = performance.now();
    if (sent >= deadline) return Promise.reject(lateInQueue());
    return invoker.invoke(call).then(
      ({ contentType, body, headers }) => {
        const upstreamMs = performance.now() - sent;
        events.upstream(endpoint, upstreamMs, undefined);
        return { contentType, body, headers, upstreamMs };
      },
      (error) => {
        events.upstream(endpoint, performance.now() - sent, codeOf(error));
        throw error;
      },
    );
  };
}
