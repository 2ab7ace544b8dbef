import type { FastifyInstance } from 'fastify';
import type { Account } from '../account.ts';
import { sagemaker } from '../control-plane/sagemaker-actions.ts';
import { iam } from '../iam/iam-actions.ts';
import { logs } from '../logs/logs-actions.ts';
import { sts } from '../sts/sts-actions.ts';
import { asAwsError } from './as-aws-error.ts';
import { AwsError } from './aws-error.ts';
import { answerJson, jsonError } from './json-protocol.ts';
import type { Service } from './operation.ts';
import { answerQuery, type QueryService, queryError } from './query-protocol.ts';

/** By prefix of X-Amz-Target. */
export const services: Readonly<Record<string, Service>> = { SageMaker: sagemaker, Logs_20140328: logs };
/** By version of their API. */
export const queryServices: Readonly<Record<string, QueryService>> = { '2011-06-15': sts, '2010-05-08': iam };

const internal = () => new AwsError('InternalFailure', 'The request processing has failed', 500);

/** `POST /`: the services whose actions are named in the request, not in the path. */
export async function rpcRoutes(app: FastifyInstance, { account }: { account: Account }): Promise<void> {
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const isForm = (contentType: string | undefined) => contentType?.startsWith('application/x-www-form-urlencoded');

  app.post('/', {
    handler: (request, reply) =>
      isForm(request.headers['content-type'])
        ? answerQuery(queryServices, account, request, reply)
        : answerJson(services, account, request, reply),
    errorHandler: (error: Error, request, reply) => {
      const fault = asAwsError(error, internal, request.log);
      reply.code(fault.status);
      if (isForm(request.headers['content-type'])) {
        return reply.type('text/xml').send(queryError(queryServices, fault, request));
      }
      return reply.type('application/x-amz-json-1.1').send(jsonError(fault));
    },
  });
}
