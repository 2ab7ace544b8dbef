import { GatewayError } from '../errors.ts';
import type { Span } from '../tracing/trace.ts';
import { type AdmissionLimits, lateInQueue, overloaded } from './admission.ts';
import { isRowWise, joinBodies, splitAnswer } from './batch-format.ts';
import type { ModelAnswer, ModelCall, Send } from './call.ts';
import type { PipelineEvents } from './events.ts';

export interface BatchLimits extends AdmissionLimits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** A caller's request, from its arrival until it is settled, once. */
class Part {
  readonly call: ModelCall;
  readonly answer: Promise<ModelAnswer>;
  sent = false;
  settled = false;
  #resolve!: (answer: ModelAnswer) => void;
  #reject!: (error: unknown) => void;
  readonly #deadline: NodeJS.Timeout;
  #queued: Span | undefined;

  constructor(call: ModelCall, onLate: (part: Part) => void) {
    this.call = call;
    this.#queued = call.trace?.begin('queue');
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Its own deadline holds also when it travels with others that have more time.
    this.#deadline = setTimeout(() => {
      onLate(this);
      this.fail(this.sent ? new GatewayError('upstream_timeout', 'The model did not answer in time.') : lateInQueue());
    }, call.deadline - performance.now());
  }

  leave(): void {
    this.sent = true;
    this.#queued?.end();
    this.#queued = undefined;
  }

  comeBack(): void {
    this.sent = false;
    this.#queued = this.call.trace?.begin('queue');
  }

  succeed(answer: ModelAnswer): void {
    clearTimeout(this.#deadline);
    this.settled = true;
    this.#resolve(answer);
  }

  fail(error: unknown): void {
    clearTimeout(this.#deadline);
    this.settled = true;
    this.#queued?.end(undefined, error);
    this.#reject(error);
  }
}

/** Calls of equal keys may share a batch. None of the parts can hold a line break. */
const keyOf = ({ endpoint, contentType, accept, headers }: ModelCall): string =>
  `${endpoint}\n${contentType}\n${accept}\n${headers === undefined ? '' : JSON.stringify(headers)}`;

/** Errors that one part's rows may have brought on all others of its batch. Throttling and the like would only be made worse by asking again. */
const mayBeOneRowsFault = (error: unknown): boolean =>
  error instanceof GatewayError && (error.code === 'model_error' || error.code === 'validation_failed');

/** Parts that wait, by key; the key that waited longest without being served comes first. */
class Waiting {
  readonly #byKey = new Map<string, Part[]>();
  /** To be sent each by itself, before all others. */
  readonly #alone: Part[] = [];
  size = 0;

  add(part: Part, key: string): void {
    this.size += 1;
    const parts = this.#byKey.get(key);
    if (parts) parts.push(part);
    else this.#byKey.set(key, [part]);
  }

  addAlone(parts: readonly Part[]): void {
    this.size += parts.length;
    this.#alone.push(...parts);
  }

  /** The next parts to send together; none when nothing waits. */
  take({ maxRows, maxBytes }: BatchLimits): Part[] {
    const single = this.#alone.shift();
    if (single) return this.#taken([single]);
    const [head] = this.#byKey;
    if (head === undefined) return [];
    const [key, parts] = head;
    let rows = 0;
    let bytes = 0;
    const end = parts.findIndex(({ call }, i) => {
      rows += call.rows ?? 1;
      bytes += call.body.length + 1;
      return i > 0 && (rows > maxRows || bytes > maxBytes);
    });
    const batch = end === -1 ? parts : parts.splice(0, end);
    this.#byKey.delete(key);
    if (end !== -1) this.#byKey.set(key, parts);
    return this.#taken(batch);
  }

  #taken(parts: Part[]): Part[] {
    this.size -= parts.length;
    return parts;
  }
}

/**
 * Micro-batching without a timer: while fewer than `maxInFlight` calls are out a request goes at once; otherwise it joins the next batch, which
 * leaves when a call returns. So an idle model adds no delay, and the busier it is the larger the batches. A batch whose answer does not match
 * its rows, or that the model refuses, is sent again part by part: a bad row hurts only its sender.
 */
export function batching(limits: BatchLimits, next: Send, events?: Pick<PipelineEvents, 'loadBy' | 'batched'>): Send {
  const waiting = new Waiting();
  let inFlight = 0;
  // Parts that were answered late stay in their queue until it is their turn, but take nobody's place in it.
  let late = 0;
  events?.loadBy(() => ({ inFlight, queued: waiting.size - late }));

  function pump(): void {
    while (inFlight < limits.maxInFlight && waiting.size > 0) {
      const taken = waiting.take(limits);
      const batch = taken.filter((part) => !part.settled);
      late -= taken.length - batch.length;
      if (batch.length > 0) send(batch);
    }
  }

  async function send(batch: readonly Part[]): Promise<void> {
    inFlight += 1;
    let rows = 0;
    for (const part of batch) {
      part.leave();
      rows += part.call.rows ?? 1;
    }
    events?.batched(batch.length, rows);
    await (batch.length === 1 ? sendOne(batch) : sendTogether(batch));
    inFlight -= 1;
    pump();
  }

  async function sendOne([part]: readonly Part[]): Promise<void> {
    if (part)
      await next(part.call).then(
        (answer) => part.succeed(answer),
        (error: unknown) => part.fail(error),
      );
  }

  async function sendTogether(batch: readonly Part[]): Promise<void> {
    const calls = batch.map(({ call }) => call);
    const rows = calls.map((call) => call.rows ?? 1);
    const [first, ...others] = calls.flatMap(({ trace }) => trace ?? []);
    try {
      const answer = await next({
        ...(calls[0] as ModelCall),
        trace: first?.joined(others),
        body: joinBodies(calls.map(({ body }) => body)),
        rows: rows.reduce((sum, count) => sum + count, 0),
        deadline: Math.max(...calls.map(({ deadline }) => deadline)),
      });
      const bodies = splitAnswer(answer.body, rows);
      if (bodies === undefined) return again(batch);
      for (const [i, part] of batch.entries()) part.succeed({ ...answer, body: bodies[i] as Buffer });
    } catch (error) {
      if (mayBeOneRowsFault(error)) return again(batch);
      for (const part of batch) part.fail(error);
    }
  }

  function again(batch: readonly Part[]): void {
    const left = batch.filter((part) => !part.settled);
    for (const part of left) part.comeBack();
    waiting.addAlone(left);
  }

  return (call) => {
    if (inFlight >= limits.maxInFlight && waiting.size - late >= limits.maxQueue) return Promise.reject(overloaded());
    const part = new Part(call, ({ sent }) => {
      if (!sent) late += 1;
    });
    const batchable = call.rows !== undefined && isRowWise(call.contentType) && isRowWise(call.accept);
    if (batchable) waiting.add(part, keyOf(call));
    else waiting.addAlone([part]);
    pump();
    return part.answer;
  };
}
