import type { Invoker } from '../sagemaker/invoke.ts';
import { admitting } from './admission.ts';
import { batching } from './batching.ts';
import { breaking } from './breaking.ts';
import { caching } from './caching.ts';
import type { Send } from './call.ts';
import type { CaptureWriter } from './capture-writer.ts';
import { capturing } from './capturing.ts';
import type { PipelineEvents } from './events.ts';
import { invoking } from './invoking.ts';
import type { CallableModel } from './model.ts';
import { observing } from './observing.ts';
import { retrying } from './retrying.ts';
import { shadowing } from './shadowing.ts';
import { singleFlight } from './single-flight.ts';
import { splitting } from './splitting.ts';

/** One breaker for each endpoint that a model uses. */
function breakingEach(model: CallableModel, events: PipelineEvents, next: Send): Send {
  const byEndpoint = new Map<string, Send>();
  return (call) => {
    let send = byEndpoint.get(call.endpoint);
    if (send === undefined) {
      const { endpoint } = call;
      send = breaking({ ...model.breaker, timeoutMs: model.timeoutMs }, next, (state) =>
        events.breakerBy(endpoint, state),
      );
      byEndpoint.set(endpoint, send);
    }
    return send(call);
  };
}

/** What the stages reach beyond the model. */
export interface Surroundings {
  readonly invoker: Invoker;
  readonly captures: CaptureWriter;
  readonly events: PipelineEvents;
  /** What changes when other models answer. */
  version(): Promise<string> | string;
}

/** The stages that a model's settings ask for, outermost last. */
export function createPipeline(model: CallableModel, { invoker, captures, events, version }: Surroundings): Send {
  let send = retrying(model.retries, breakingEach(model, events, invoking(invoker, events)), events);
  if (model.shadow) send = shadowing(model.shadow, send);
  send = model.batching
    ? batching({ ...model.batching, maxQueue: model.concurrency.maxQueue }, send, events)
    : admitting(model.concurrency, send, events);
  if (model.split) send = splitting(model.split.endpoints, send);
  if (model.singleFlight) send = singleFlight(send);
  if (model.cache) send = caching(model.cache, version, send);
  if (model.capture) send = capturing(model.capture, model.name, captures, send);
  return observing(events, send);
}
