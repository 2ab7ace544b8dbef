import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker-runtime.ts';
import { breakAfter, faultyServer } from '../faults/faulty-server.ts';
import type { ModelRequest, ModelResponse } from '../hosting/model-server.ts';
import type { Route } from '../hosting/traffic.ts';
import { answerHeaders } from './answer-headers.ts';
import { findServer } from './find-server.ts';
import { findVariant } from './find-variant.ts';
import { measured } from './measured.ts';
import { isFailure, modelError } from './model-error.ts';
import type { RuntimeRequest } from './runtime-request.ts';
import { copyToShadows } from './shadowing.ts';

const noBody = Buffer.alloc(0);

export async function invokeEndpoint(
  input: Inputs['InvokeEndpoint'],
  account: Account,
  request: RuntimeRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { EndpointName, ContentType = '', Accept = '*/*', CustomAttributes, SessionId } = input;
  const route = findVariant(account, input);
  const { deployment, variant } = route;
  const release = deployment.hold();
  try {
    const model = await findServer(account, EndpointName, variant, input.TargetModel);
    const server = faultyServer(model, request.faults);
    const asked: ModelRequest = {
      contentType: ContentType,
      accept: Accept,
      ...(CustomAttributes !== undefined && { customAttributes: CustomAttributes }),
      ...(SessionId !== undefined && { sessionId: SessionId }),
      body: request.body ?? noBody,
    };
    copyToShadows(deployment, asked, request.log);
    const answer = await measured(variant, reply.elapsedTime, () => server.invoke(asked));
    if (isFailure(answer)) throw modelError(account, EndpointName, answer);
    deployment.sessions.follow(answer, variant);
    capture(account, input, route, asked, answer);
    reply.headers(answerHeaders(variant, answer)).header('content-type', answer.contentType);
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
  { EndpointName, InferenceId }: Inputs['InvokeEndpoint'],
  { deployment, variant }: Route,
  input: ModelRequest,
  output: ModelResponse,
): void {
  if (!deployment.captureConfig) return;
  capture.add(deployment.captureConfig, {
    endpoint: EndpointName,
    variant: variant.name,
    input,
    output,
    ...(InferenceId !== undefined && { inferenceId: InferenceId }),
    ...(input.customAttributes !== undefined && { customAttributes: input.customAttributes }),
  });
}
