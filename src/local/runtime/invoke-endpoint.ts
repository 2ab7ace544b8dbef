import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../account.ts';
import { modelError } from './model-error.ts';
import { validationError } from './runtime-errors.ts';

type InvokeRequest = FastifyRequest<{ Params: { endpoint: string }; Body: Buffer | undefined }>;

const noBody = Buffer.alloc(0);

export async function invokeEndpoint(
  account: Account,
  request: InvokeRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { endpoint } = request.params;
  const { headers } = request;
  // An endpoint that is not in service yet is not found either.
  const deployment = account.fleet.find(endpoint);
  if (!deployment) throw validationError(`Endpoint ${endpoint} of account ${account.accountId} not found.`);
  const target = headers['x-amzn-sagemaker-target-variant'] as string | undefined;
  const variant = deployment.pick(target);
  if (!variant) throw validationError(`Variant ${target} of endpoint ${endpoint} not found.`);

  const attributes = headers['x-amzn-sagemaker-custom-attributes'] as string | undefined;
  const answer = await deployment.invoke(variant, {
    contentType: headers['content-type'] ?? '',
    accept: headers.accept ?? '*/*',
    ...(attributes !== undefined && { customAttributes: attributes }),
    body: request.body ?? noBody,
  });
  if (answer.status >= 400) throw modelError(account, endpoint, answer);
  reply.header('content-type', answer.contentType).header('x-amzn-invoked-production-variant', variant.name);
  if (answer.customAttributes !== undefined)
    reply.header('x-amzn-sagemaker-custom-attributes', answer.customAttributes);
  return reply.send(answer.body);
}
