import type { FastifyInstance } from 'fastify';
import type { Account } from '../account.ts';
import { asAwsError } from '../wire/as-aws-error.ts';
import { AwsError } from '../wire/aws-error.ts';
import { invokeEndpoint } from './invoke-endpoint.ts';

/** Real-time endpoints take 25 MB. */
const bodyLimit = 25 * 1024 * 1024;

const internal = () => new AwsError('InternalFailure', 'An internal failure occurred', 500);

export async function runtimeRoutes(app: FastifyInstance, { account }: { account: Account }): Promise<void> {
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));

  app.post<{ Params: { endpoint: string }; Body: Buffer | undefined }>('/endpoints/:endpoint/invocations', {
    bodyLimit,
    handler: (request, reply) => invokeEndpoint(account, request, reply),
    errorHandler: (error: Error & { statusCode?: number }, request, reply) => {
      if (error.statusCode === 413) {
        return reply.code(413).send({ message: `HTTP content length exceeded ${bodyLimit} bytes.` });
      }
      const fault = asAwsError(error, internal, request.log);
      return reply
        .code(fault.status)
        .header('x-amzn-errortype', fault.code)
        .send({ ...fault.members, Message: fault.message });
    },
  });
}
