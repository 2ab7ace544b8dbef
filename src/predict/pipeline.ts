import type { Invoker } from '../sagemaker/invoke.ts';
import { admitting, lateInQueue } from './admission.ts';
import { batching } from './batching.ts';
import { breaking } from './breaking.ts';
import { caching } from './caching.ts';
import type { Send } from './call.ts';
import type { CaptureWriter } from './capture-writer.ts';
import { capturing } from './capturing.ts';
import type { CallableModel } from './model.ts';
import { retrying } from './retrying.ts';
import { shadowing } from './shadowing.ts';
import { singleFlight } from './single-flight.ts';
import { splitting } from './splitting.ts';

/** Sends a call by the invoker; what is left of its time is the time SageMaker has. */
const invoking =
  (invoker: Invoker): Send =>
  async ({ endpoint, contentType, accept, body, headers, deadline }) => {
    const sent = performance.now();
    if (sent >= deadline) throw lateInQueue();
    const answer = await invoker.invoke({
      endpoint,
      contentType,
      accept,
      body,
      timeoutMs: deadline - sent,
      ...(headers === undefined ? {} : { headers }),
    });
    return { ...answer, upstreamMs: performance.now() - sent };
  };

/** One breaker for each endpoint that a model uses. */
function breakingEach(model: CallableModel, next: Send): Send {
  const byEndpoint = new Map<string, Send>();
  return (call) => {
    let send = byEndpoint.get(call.endpoint);
    if (send === undefined) {
      send = breaking(model.breaker, next);
      byEndpoint.set(call.endpoint, send);
    }
    return send(call);
  };
}

/** What the stages reach beyond the model. */
export interface Surroundings {
  readonly invoker: Invoker;
  readonly captures: CaptureWriter;
  /** What changes when other models answer. */
  version(): Promise<string> | string;
}

/** The stages that a model's settings ask for, outermost last. */
export function createPipeline(model: CallableModel, { invoker, captures, version }: Surroundings): Send {
  let send = retrying(model.retries, breakingEach(model, invoking(invoker)));
  if (model.shadow) send = shadowing(model.shadow, send);
  send = model.batching
    ? batching({ ...model.batching, maxQueue: model.concurrency.maxQueue }, send)
    : admitting(model.concurrency, send);
  if (model.split) send = splitting(model.split.endpoints, send);
  if (model.singleFlight) send = singleFlight(send);
  if (model.cache) send = caching(model.cache, version, send);
  if (model.capture) send = capturing(model.capture, model.name, captures, send);
  return send;
}
