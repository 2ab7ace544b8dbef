import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker-runtime.ts';
import { parseFaults } from '../faults/fault.ts';
import { refusalOf } from '../faults/refusal.ts';
import { AwsError } from '../wire/aws-error.ts';
import { checkedInput } from './checked-input.ts';
import { invokeEndpoint } from './invoke-endpoint.ts';
import { invokeEndpointAsync } from './invoke-endpoint-async.ts';
import { invokeEndpointWithResponseStream } from './invoke-endpoint-with-response-stream.ts';
import type { RuntimeOperation, RuntimeRequest } from './runtime-request.ts';

/** Real-time endpoints take 25 MB. */
const bodyLimit = 25 * 1024 * 1024;

/** With the end of their path. */
export const operations: {
  readonly [Name in keyof Inputs]: { readonly path: string; readonly run: RuntimeOperation<Inputs[Name]> };
} = {
  InvokeEndpoint: { path: 'invocations', run: invokeEndpoint },
  InvokeEndpointWithResponseStream: { path: 'invocations-response-stream', run: invokeEndpointWithResponseStream },
  InvokeEndpointAsync: { path: 'async-invocations', run: invokeEndpointAsync },
};

export async function runtimeRoutes(app: FastifyInstance, { account }: { account: Account }): Promise<void> {
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));
  app.decorateRequest('faults');

  for (const [operation, { path, run }] of Object.entries(operations)) {
    app.post<{ Params: { endpoint: string }; Body: Buffer | undefined }>(`/endpoints/:endpoint/${path}`, {
      bodyLimit,
      preHandler: (request, reply) => strike(account, request, reply),
      handler: (request, reply) => run(checkedInput(operation, request) as never, account, request, reply),
      errorHandler: answerError,
    });
  }
}

/** Draws the faults for a call. The one that comes before the model decides; the rest are left to the operation. */
async function strike(account: Account, request: RuntimeRequest, reply: FastifyReply): Promise<unknown> {
  const asked = request.headers['x-local-sagemaker-fault'];
  const own = typeof asked === 'string' ? parseFaults(asked) : [];
  request.faults = [...own, ...(await account.faults.draw(request.params.endpoint))];
  for (const fault of request.faults) {
    const refusal = refusalOf(fault);
    if (refusal) throw refusal;
    if (fault.kind === 'reset') {
      reply.hijack();
      request.raw.socket.destroy();
      return reply;
    }
  }
  return undefined;
}

function answerError(error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply) {
  if (error.statusCode === 413) {
    return reply.code(413).send({ message: `HTTP content length exceeded ${bodyLimit} bytes.` });
  }
  const fault = error instanceof AwsError ? error : new AwsError('InternalFailure', 'Internal failure', 500);
  if (!(error instanceof AwsError)) request.log.error(error);
  if (fault.code !== '') reply.header('x-amzn-errortype', fault.code);
  return reply.code(fault.status).send({ ...fault.members, ...(fault.code !== '' && { Message: fault.message }) });
}
