import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Account } from '../account.ts';
import { ConnectionReset, faultyServer } from '../faults/faulty-server.ts';
import type { ModelStream } from '../hosting/model-server.ts';
import { payloadPart, streamException } from '../wire/event-stream.ts';
import { findServer } from './find-server.ts';
import { findVariant } from './find-variant.ts';
import { measured } from './measured.ts';
import { modelError } from './model-error.ts';
import { type RuntimeRequest, sagemakerHeader } from './runtime-request.ts';
import { StreamFailure } from './stream-failure.ts';

const noBody = Buffer.alloc(0);
/** What a container has for a whole response stream, ms. */
const longestStream = 8 * 60_000;

export async function invokeEndpointWithResponseStream(
  account: Account,
  request: RuntimeRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { endpoint } = request.params;
  const { headers } = request;
  const { deployment, variant } = findVariant(account, endpoint, {
    target: sagemakerHeader(headers, 'target-variant'),
    component: sagemakerHeader(headers, 'inference-component'),
  });
  const attributes = sagemakerHeader(headers, 'custom-attributes');
  const gone = new AbortController();
  const release = deployment.hold();
  reply.raw.once('close', () => {
    gone.abort();
    release();
  });
  const model = await findServer(account, endpoint, variant, sagemakerHeader(headers, 'target-model'));
  const server = faultyServer(model, request.faults);
  const answer = await measured(variant, reply.elapsedTime, () =>
    server.stream({
      contentType: headers['content-type'] ?? '',
      accept: sagemakerHeader(headers, 'accept') ?? '*/*',
      ...(attributes !== undefined && { customAttributes: attributes }),
      body: request.body ?? noBody,
      signal: AbortSignal.any([gone.signal, AbortSignal.timeout(longestStream)]),
    }),
  );
  if (answer.status >= 400) throw modelError(account, endpoint, { ...answer, body: await whole(answer) });
  reply
    .header('content-type', 'application/vnd.amazon.eventstream')
    .header('x-amzn-sagemaker-content-type', answer.contentType)
    .header('x-amzn-invoked-production-variant', variant.name);
  if (answer.customAttributes !== undefined)
    reply.header('x-amzn-sagemaker-custom-attributes', answer.customAttributes);
  return reply.send(Readable.from(events(answer, gone.signal), { objectMode: false, highWaterMark: 1 }));
}

async function whole({ body }: ModelStream): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** The answer as events, each made when the client has taken the one before. What goes wrong in the model is the last event. */
async function* events({ body }: ModelStream, gone: AbortSignal): AsyncGenerator<Buffer> {
  try {
    for await (const piece of body) if (piece.length > 0) yield payloadPart(piece);
  } catch (error) {
    if (gone.aborted || error instanceof ConnectionReset) throw error;
    yield exceptionEvent(error as Error);
  }
}

function exceptionEvent(error: Error): Buffer {
  const timedOut = error.name === 'TimeoutError' || error.name === 'AbortError';
  const fallback = timedOut ? 'ModelInvocationTimeExceeded' : 'StreamBroken';
  const ErrorCode = error instanceof StreamFailure ? error.errorCode : fallback;
  if (ErrorCode === 'InternalStreamFailure') return streamException(ErrorCode, { Message: error.message });
  return streamException('ModelStreamError', { Message: error.message, ErrorCode });
}
