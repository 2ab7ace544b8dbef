import { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../errors.ts';
import { reportError, toProblem } from '../plugins/errors.ts';
import { shuttingDown } from '../plugins/lifecycle.ts';
import type { Aws } from '../sagemaker/aws.ts';
import { type InvocationStream, invokeStream } from '../sagemaker/invoke-stream.ts';
import { beginInvocation, type Span, type Trace } from '../tracing/trace.ts';
import { admitting } from './admission.ts';
import type { ModelCall } from './call.ts';
import type { CallableModel } from './model.ts';
import { asServerSentEvents } from './server-sent-events.ts';
import { splitting } from './splitting.ts';

/** One request for a stream. */
export interface StreamOrder {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly call: ModelCall;
  /** The caller asked for Server-Sent Events. */
  readonly asEvents: boolean;
}

interface Job {
  /** For the first byte, queueing included. */
  readonly deadline: number;
  readonly trace: Trace | undefined;
  work(): Promise<void>;
}

class CallerLeft extends Error {}

const timedOut = (): GatewayError => new GatewayError('upstream_timeout', 'The model gave no first byte in time.');

/** Takes streams from models to callers, part by part as they are taken. */
export class Streaming {
  readonly #aws: Pick<Aws, 'runtime'>;
  /** Streams have their own `maxInFlight` beside that of the predictions, for which a stream of minutes would leave no room. */
  readonly #gates = new WeakMap<CallableModel, (job: Job) => Promise<void>>();
  readonly #open = new Set<AbortController>();

  constructor(aws: Pick<Aws, 'runtime'>) {
    this.#aws = aws;
  }

  /** Done when the last byte is out or nobody waits for it. @throws GatewayError for what fails before the first byte */
  async answer(model: CallableModel, order: StreamOrder): Promise<void> {
    if (model.targetModel !== undefined) {
      throw new GatewayError('validation_failed', 'SageMaker streams no answers of multi-model endpoints.');
    }
    const gone = new AbortController();
    order.reply.raw.once('close', () => gone.abort(new CallerLeft('The caller left.')));
    const work = () => this.#run(model, order, gone);
    await this.#gateOf(model)({ deadline: order.call.deadline, trace: order.call.trace, work });
  }

  /** Ends what is open. */
  stop(): void {
    for (const stream of this.#open) stream.abort(shuttingDown());
  }

  #gateOf(model: CallableModel): (job: Job) => Promise<void> {
    let gate = this.#gates.get(model);
    if (gate === undefined) {
      gate = admitting(model.concurrency, ({ work }: Job) => work());
      this.#gates.set(model, gate);
    }
    return gate;
  }

  async #run(model: CallableModel, { request, reply, call, asEvents }: StreamOrder, abort: AbortController) {
    const { signal } = abort;
    const timer = setTimeout(() => abort.abort(timedOut()), call.deadline - performance.now());
    const invoke = (chosen: ModelCall) => invokeTraced(this.#aws, chosen, signal);
    this.#open.add(abort);
    try {
      const { contentType, parts } = await (model.split ? splitting(model.split.endpoints, invoke) : invoke)(call);
      clearTimeout(timer);
      const problemOf = (error: unknown) => toProblem(reportError(error, request, reply), request.id);
      const body = asEvents ? asServerSentEvents(contentType, parts, problemOf) : reported(parts, { request, reply });
      reply.type(asEvents ? 'text/event-stream' : contentType);
      // Proxies that collect an answer before they pass it on are asked not to.
      reply.header('cache-control', 'no-cache').header('x-accel-buffering', 'no');
      reply.send(Readable.from(body, { objectMode: false }));
      // Broken off on either side: both are closed by now, and nobody is left to tell.
      await finished(reply.raw).catch(() => undefined);
    } catch (error) {
      if (!(error instanceof CallerLeft)) throw error;
      reply.hijack();
    } finally {
      clearTimeout(timer);
      this.#open.delete(abort);
    }
  }
}

/** A span of the stream, to its last part or what broke it off. */
async function invokeTraced(
  aws: Pick<Aws, 'runtime'>,
  call: ModelCall,
  signal: AbortSignal,
): Promise<InvocationStream> {
  const span = beginInvocation(call.trace, 'InvokeEndpointWithResponseStream', call.endpoint);
  const headers = { ...call.headers, ...(span ?? call.trace)?.headers };
  try {
    const stream = await invokeStream(aws, { ...call, headers, signal });
    return span === undefined ? stream : { ...stream, parts: closing(span, stream.parts) };
  } catch (error) {
    span?.end(undefined, error);
    throw error;
  }
}

async function* closing(span: Span, parts: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let failure: unknown;
  try {
    yield* parts;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    span.end(undefined, failure);
  }
}

/** Bytes have no place for an error: it is logged, and the connection breaks off, so that no client takes half an answer for a whole one. */
async function* reported(
  parts: AsyncIterable<Uint8Array>,
  { request, reply }: Pick<StreamOrder, 'request' | 'reply'>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* parts;
  } catch (error) {
    if (!(error instanceof CallerLeft)) reportError(error, request, reply);
    throw error;
  }
}
