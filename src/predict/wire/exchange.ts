import { finished } from 'node:stream/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.ts';
import type { Relay, RelayedAnswer, RuntimeOperation } from '../../sagemaker/relay.ts';
import { beginInvocation } from '../../tracing/trace.ts';

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

/** Takes a request to SageMaker and its answer back, byte for byte; done when the last byte of the answer is out or nobody waits for it. */
export async function exchange(relay: Relay, { request, reply, endpoint, operation, passed, deadline }: Exchange) {
  const abort = new AbortController();
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
    reply.send(answer.body);
    // Broken off on either side: Fastify has closed both, and there is nobody left to tell.
    await finished(reply.raw).catch(() => {});
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    span?.end({ 'http.response.status_code': reply.statusCode }, failure);
    clearTimeout(timer);
  }
}
