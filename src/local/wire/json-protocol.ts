import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../account.ts';
import { AwsError } from './aws-error.ts';
import type { Service } from './operation.ts';
import { validateInput } from './validate.ts';

/** AwsJson1.1: the target names the action, request and response are one JSON object each. */
export async function answerJson(
  /** By prefix of X-Amz-Target. */
  services: Readonly<Record<string, Service>>,
  account: Account,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const [prefix = '', action = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const service = services[prefix];
  reply.type('application/x-amz-json-1.1');
  const run = service && Object.hasOwn(service.actions, action) ? service.actions[action] : undefined;
  if (!service || !run) throw new AwsError('UnknownOperationException', '');
  const input = parseBody(request.body as Buffer | undefined);
  validateInput(service.api, action, input, service.invalid);
  const result = await run(input as never, account);
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
