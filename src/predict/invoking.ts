import type { Invoker } from '../sagemaker/invoke.ts';
import { lateInQueue } from './admission.ts';
import type { Send } from './call.ts';
import type { PipelineEvents } from './events.ts';
import { codeOf } from './observing.ts';

/** Sends a call by the invoker; what is left of its time is the time SageMaker has. */
export function invoking(invoker: Invoker, events: Pick<PipelineEvents, 'upstream'>): Send {
  return async ({ endpoint, contentType, accept, body, headers, deadline }) => {
    const sent = performance.now();
    if (sent >= deadline) throw lateInQueue();
    try {
      const answer = await invoker.invoke({
        endpoint,
        contentType,
        accept,
        body,
        timeoutMs: deadline - sent,
        ...(headers === undefined ? {} : { headers }),
      });
      const upstreamMs = performance.now() - sent;
      events.upstream(endpoint, upstreamMs, undefined);
      return { ...answer, upstreamMs };
    } catch (error) {
      events.upstream(endpoint, performance.now() - sent, codeOf(error));
      throw error;
    }
  };
}
