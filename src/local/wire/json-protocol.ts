import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../account.ts';
import { AwsError } from './aws-error.ts';
import type { Operation } from './operation.ts';

/** X-Amz-Target prefix to the actions behind it. */
export type JsonServices = Record<string, Record<string, Operation>>;

/** AwsJson1.1: the target names the action, request and response are one JSON object each. */
export async function answerJson(
  services: JsonServices,
  account: Account,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const [service = '', action = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const actions = services[service];
  reply.type('application/x-amz-json-1.1');
  if (!actions || !Object.hasOwn(actions, action)) throw new AwsError('UnknownOperationException', '');
  const result = await actions[action]?.(parseBody(request.body as Buffer | undefined), account);
  return reply.send(result === undefined ? '' : JSON.stringify(result));
}

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
