import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../account.ts';
import { AwsError } from './aws-error.ts';
import { call, type Service } from './operation.ts';

/** AwsJson1.1: the target names the action, request and response are one JSON object each. */
export async function answerJson(
  /** By prefix of X-Amz-Target. */
  services: Readonly<Record<string, Service>>,
  account: Account,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const [prefix = '', action = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  reply.type(jsonType(request));
  const result = await call(services[prefix], action, parseBody(request.body as Buffer | undefined), account);
  return reply.send(result === undefined ? '' : JSON.stringify(result));
}

/** CloudWatch speaks AwsJson1.0, which differs in no more than its name. */
export const jsonType = ({ headers }: FastifyRequest): string =>
  headers['content-type']?.startsWith('application/x-amz-json-1.0')
    ? 'application/x-amz-json-1.0'
    : 'application/x-amz-json-1.1';

function parseBody(body: Buffer | undefined): unknown {
  if (!body?.length) return {};
  try {
    // A null member is a member that is not there.
    return JSON.parse(body.toString(), (_key, value) => (value === null ? undefined : value));
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON');
  }
}

/** `message` is in lower case for Logs and SageMaker alike, but SDKs look for either. */
export function jsonError({ code, message, members }: AwsError): string {
  return JSON.stringify({ __type: code, ...(message !== '' && { message }), ...members });
}
