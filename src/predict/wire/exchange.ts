import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.ts';
import { streamException } from '../../event-stream/message.ts';
import { reportError } from '../../plugins/errors.ts';
import { shuttingDown } from '../../plugins/lifecycle.ts';
import type { Relay, RelayedAnswer, RuntimeOperation } from '../../sagemaker/relay.ts';
import { beginInvocation } from '../../tracing/trace.ts';
import { PassedEventStream } from './passed-event-stream.ts';

/** A caller's request with what it asks of SageMaker. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly endpoint: string;
  readonly operation: RuntimeOperation;
  /** Names of the request headers to pass on. */
  readonly passed: readonly string[];
  /** On the clock of performance.now(), ms. */
  readonly deadline: number;
}

const timedOut = (): GatewayError =>
  new GatewayError(
    'upstream_timeout',
    'Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again.',
  );

const callerLeft = (): GatewayError =>
  new GatewayError('upstream_unavailable', 'The caller left before the answer was complete.');

const operationNames: Readonly<Record<RuntimeOperation, string>> = {
  invocations: 'InvokeEndpoint',
  'invocations-response-stream': 'InvokeEndpointWithResponseStream',
  'async-invocations': 'InvokeEndpointAsync',
};

const noBody = Buffer.alloc(0);

/** Hop-by-hop headers and the server's own stay behind. */
const isPassedBack = (name: string): boolean =>
  name.startsWith('x-amz') || name === 'content-type' || name === 'content-length' || name === 'date';

const passBack = (reply: FastifyReply, { status, headers }: RelayedAnswer): void => {
  reply.code(status);
  for (const [name, value] of Object.entries(headers)) {
    if (isPassedBack(name) && value !== undefined) reply.header(name, value);
  }
};

function passOn(headers: FastifyRequest['headers'], names: readonly string[]): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string') passed[name] = value;
  }
  return passed;
}

const isEventStream = (answer: RelayedAnswer): answer is RelayedAnswer & { readonly body: Readable } =>
  answer.headers['content-type'] === 'application/vnd.amazon.eventstream' && !Buffer.isBuffer(answer.body);

/** An exchange under way. */
interface Open {
  readonly abort: AbortController;
  /** Its answer, if that is an event stream. */
  stream?: PassedEventStream;
}

/** Takes requests to SageMaker and its answers back, byte for byte. */
export class Exchanges {
  readonly #open = new Set<Open>();
  #stopped = false;

  /** Ends what is open in the words of its protocol, breaks it off where these have no place any more, and begins nothing. */
  stop(): void {
    this.#stopped = true;
    for (const { abort, stream } of this.#open) {
      if (stream === undefined) abort.abort(shuttingDown());
      else stream.stop(shuttingDown());
    }
  }

  /** Done when the last byte of the answer is out or nobody waits for it. @throws GatewayError for what fails before there is an answer */
  async run(relay: Relay, { request, reply, endpoint, operation, passed, deadline }: Exchange): Promise<void> {
    if (this.#stopped) throw shuttingDown();
    const abort = new AbortController();
    const open: Open = { abort };
    this.#open.add(open);
    const timer = setTimeout(() => abort.abort(timedOut()), deadline - performance.now());
    reply.raw.once('close', () => abort.abort(callerLeft()));
    const span = beginInvocation(request.trace, operationNames[operation], endpoint);
    const traced = span ?? request.trace;
    let failure: unknown;
    try {
      const answer = await relay.send({
        endpoint,
        operation,
        // Custom attributes of the caller's own come before those of the trace.
        headers: { ...traced?.headers, ...passOn(request.headers, passed) },
        body: (request.body as Buffer | undefined) ?? noBody,
        signal: abort.signal,
      });
      passBack(reply, answer);
      if (isEventStream(answer)) {
        open.stream = new PassedEventStream(answer.body, (error) => {
          failure = error;
          const { message } = reportError(error, request, reply);
          return streamException('InternalStreamFailure', { Message: message });
        });
        reply.send(open.stream);
      } else {
        reply.send(answer.body);
      }
      // Broken off on either side: Fastify has closed both, and there is nobody left to tell.
      await finished(reply.raw).catch(() => {});
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      this.#open.delete(open);
      span?.end({ 'http.response.status_code': reply.statusCode }, failure);
      clearTimeout(timer);
    }
  }
}
