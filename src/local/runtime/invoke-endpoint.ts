import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Account } from '../account.ts';
import { breakAfter, faultyServer } from '../faults/faulty-server.ts';
import { findVariant } from './find-variant.ts';
import { measured } from './measured.ts';
import { isFailure, modelError } from './model-error.ts';
import { type RuntimeRequest, sagemakerHeader } from './runtime-request.ts';

const noBody = Buffer.alloc(0);

export async function invokeEndpoint(
  account: Account,
  request: RuntimeRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { endpoint } = request.params;
  const { headers } = request;
  const { deployment, variant } = findVariant(account, endpoint, sagemakerHeader(headers, 'target-variant'));
  const attributes = sagemakerHeader(headers, 'custom-attributes');
  const release = deployment.hold();
  try {
    const server = faultyServer(variant.server, request.faults);
    const answer = await measured(variant, reply.elapsedTime, () =>
      server.invoke({
        contentType: headers['content-type'] ?? '',
        accept: headers.accept ?? '*/*',
        ...(attributes !== undefined && { customAttributes: attributes }),
        body: request.body ?? noBody,
      }),
    );
    if (isFailure(answer)) throw modelError(account, endpoint, answer);
    reply.header('content-type', answer.contentType).header('x-amzn-invoked-production-variant', variant.name);
    if (answer.customAttributes !== undefined)
      reply.header('x-amzn-sagemaker-custom-attributes', answer.customAttributes);
    const reset = request.faults.find(({ kind }) => kind === 'reset-midway');
    if (!reset) return reply.send(answer.body);
    return reply
      .header('content-length', answer.body.length)
      .send(Readable.from(breakAfter([answer.body], reset), { objectMode: false }));
  } finally {
    release();
  }
}
