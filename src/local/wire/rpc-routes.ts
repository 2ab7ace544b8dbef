import type { FastifyInstance } from 'fastify';
import type { Account } from '../account.ts';
import { cloudwatch } from '../cloudwatch/cloudwatch-actions.ts';
import { sagemaker } from '../control-plane/sagemaker-actions.ts';
import { iam } from '../iam/iam-actions.ts';
import { logs } from '../logs/logs-actions.ts';
import { ecr } from '../registry/ecr-actions.ts';
import { autoScaling } from '../scaling/scaling-actions.ts';
import { sts } from '../sts/sts-actions.ts';
import { asAwsError } from './as-aws-error.ts';
import { AwsError } from './aws-error.ts';
import { answerCbor, cborError, cborHeaders } from './cbor-protocol.ts';
import { answerJson, jsonError, jsonType } from './json-protocol.ts';
import type { Service } from './operation.ts';
import { answerQuery, type QueryService, queryError } from './query-protocol.ts';

const cborServices = { GraniteServiceVersion20100801: cloudwatch };
/** By prefix of X-Amz-Target. */
export const services: Readonly<Record<string, Service>> = {
  SageMaker: sagemaker,
  ...cborServices,
  AnyScaleFrontendService: autoScaling,
  Logs_20140328: logs,
  AmazonEC2ContainerRegistry_V20150921: ecr,
};
/** By version of their API. */
export const queryServices: Readonly<Record<string, QueryService>> = { '2011-06-15': sts, '2010-05-08': iam };

const internal = () => new AwsError('InternalFailure', 'The request processing has failed', 500);

/** The services whose actions are named in the request: `POST /` by header or form, and CBOR by a path of its own. */
export async function rpcRoutes(app: FastifyInstance, { account }: { account: Account }): Promise<void> {
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  const isForm = (contentType: string | undefined) => contentType?.startsWith('application/x-www-form-urlencoded');

  const isCloudwatch = (target: unknown) => Object.hasOwn(cborServices, String(target).split('.')[0] ?? '');

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
      if (isCloudwatch(request.headers['x-amz-target'])) reply.header('x-amzn-query-error', queryErrorOf(fault));
      return reply.type(jsonType(request)).send(jsonError(fault));
    },
  });

  app.post<{ Params: { service: string; action: string } }>('/service/:service/operation/:action', {
    handler: (request, reply) => answerCbor(cborServices, account, request, reply),
    errorHandler: (error: Error, request, reply) => {
      const fault = asAwsError(error, internal, request.log);
      reply.code(fault.status).headers({ ...cborHeaders, 'x-amzn-query-error': queryErrorOf(fault) });
      return reply.send(cborError(fault));
    },
  });
}

/** Clients of CloudWatch, which once spoke the query protocol, take the error's code from here. */
const queryErrorOf = ({ code, status }: AwsError) => `${code};${status < 500 ? 'Sender' : 'Receiver'}`;
