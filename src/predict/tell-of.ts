import type { FastifyReply, FastifyRequest } from 'fastify';
import { inMs } from '../plugins/access-log.ts';
import type { ModelAnswer } from './call.ts';

/** Tells the caller, the log and the metrics how an answer came about: what SageMaker and the gateway took for it, and what the cache had to do with it. */
export function tellOf(
  { upstreamMs, headers, cache }: ModelAnswer,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  request.sagemakerMs = upstreamMs;
  request.sagemakerRequestId = headers['x-amzn-requestid'] as string | undefined;
  reply.header(
    'server-timing',
    `gateway;dur=${inMs(reply.elapsedTime - upstreamMs)}, sagemaker;dur=${inMs(upstreamMs)}`,
  );
  if (cache) reply.header('x-cache', cache.status).header('age', String(cache.ageSeconds));
}
