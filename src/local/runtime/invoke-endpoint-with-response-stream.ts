import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { payloadPart, streamException } from '../../event-stream/message.ts';
import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker-runtime.ts';
import { ConnectionReset, faultyServer } from '../faults/faulty-server.ts';
import type { ModelStream } from '../hosting/model-server.ts';
import { answerHeaders } from './answer-headers.ts';
import { findServer } from './find-server.ts';
import { findVariant } from './find-variant.ts';
import { measured } from './measured.ts';
import { modelError } from './model-error.ts';
import type { RuntimeRequest } from './runtime-request.ts';
import { StreamFailure } from './stream-failure.ts';

const noBody = Buffer.alloc(0);
/** What a container has for a whole response stream, ms. */
const longestStream = 8 * 60_000;

export async function invokeEndpointWithResponseStream(
  input: Inputs['InvokeEndpointWithResponseStream'],
  account: Account,
  request: RuntimeRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { EndpointName, ContentType = '', Accept = '*/*', CustomAttributes, SessionId } = input;
  const { deployment, variant } = findVariant(account, input);
  const gone = new AbortController();
  const release = deployment.hold();
  reply.raw.once('close', () => {
    gone.abort();
    release();
  });
  const server = faultyServer(await findServer(account, EndpointName, variant), request.faults);
  const answer = await measured(variant, reply.elapsedTime, () =>
    server.stream({
      contentType: ContentType,
      accept: Accept,
      ...(CustomAttributes !== undefined && { customAttributes: CustomAttributes }),
      ...(SessionId !== undefined && { sessionId: SessionId }),
      body: request.body ?? noBody,
      signal: AbortSignal.any([gone.signal, AbortSignal.timeout(longestStream)]),
    }),
  );
  if (answer.status >= 400) throw modelError(account, EndpointName, { ...answer, body: await whole(answer) });
  deployment.sessions.follow(answer, variant);
  reply
    .headers(answerHeaders(variant, answer))
    .header('content-type', 'application/vnd.amazon.eventstream')
    .header('x-amzn-sagemaker-content-type', answer.contentType);
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
