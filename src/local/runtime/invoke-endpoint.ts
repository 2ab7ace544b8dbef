import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Account } from '../account.ts';
import { breakAfter, faultyServer } from '../faults/faulty-server.ts';
import type { ModelRequest, ModelResponse } from '../hosting/model-server.ts';
import type { Route } from '../hosting/traffic.ts';
import { findServer } from './find-server.ts';
import { findVariant } from './find-variant.ts';
import { measured } from './measured.ts';
import { isFailure, modelError } from './model-error.ts';
import { type RuntimeRequest, sagemakerHeader } from './runtime-request.ts';
import { copyToShadows } from './shadowing.ts';

const noBody = Buffer.alloc(0);

export async function invokeEndpoint(
  account: Account,
  request: RuntimeRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { endpoint } = request.params;
  const { headers } = request;
  const route = findVariant(account, endpoint, {
    target: sagemakerHeader(headers, 'target-variant'),
    component: sagemakerHeader(headers, 'inference-component'),
  });
  const { deployment, variant } = route;
  const attributes = sagemakerHeader(headers, 'custom-attributes');
  const release = deployment.hold();
  try {
    const model = await findServer(account, endpoint, variant, sagemakerHeader(headers, 'target-model'));
    const server = faultyServer(model, request.faults);
    const asked: ModelRequest = {
      contentType: headers['content-type'] ?? '',
      accept: headers.accept ?? '*/*',
      ...(attributes !== undefined && { customAttributes: attributes }),
      body: request.body ?? noBody,
    };
    copyToShadows(deployment, asked, request.log);
    const answer = await measured(variant, reply.elapsedTime, () => server.invoke(asked));
    if (isFailure(answer)) throw modelError(account, endpoint, answer);
    capture(account, request, route, asked, answer);
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

function capture(
  { capture }: Account,
  { params, headers }: RuntimeRequest,
  { deployment, variant }: Route,
  input: ModelRequest,
  output: ModelResponse,
): void {
  if (!deployment.captureConfig) return;
  const inferenceId = sagemakerHeader(headers, 'inference-id');
  capture.add(deployment.captureConfig, {
    endpoint: params.endpoint,
    variant: variant.name,
    input,
    output,
    ...(inferenceId !== undefined && { inferenceId }),
    ...(input.customAttributes !== undefined && { customAttributes: input.customAttributes }),
  });
}
