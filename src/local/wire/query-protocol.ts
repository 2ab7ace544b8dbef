import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../account.ts';
import { getCallerIdentity } from '../sts/get-caller-identity.ts';
import { AwsError } from './aws-error.ts';
import { type XmlValue, xmlDocument } from './xml.ts';

const actions: Record<string, (account: Account) => XmlValue> = { GetCallerIdentity: getCallerIdentity };
const version = '2011-06-15';
const namespace = `https://sts.amazonaws.com/doc/${version}/`;

/** AWS Query: a form whose Action names the operation, answered in XML. */
export function answerQuery(account: Account, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const action = new URLSearchParams((request.body as Buffer | undefined)?.toString()).get('Action') ?? '';
  const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
  if (!run) throw new AwsError('InvalidAction', `Could not find operation ${action} for version ${version}`);
  const content = { [`${action}Result`]: run(account), ResponseMetadata: { RequestId: request.id } };
  return reply.type('text/xml').send(xmlDocument(`${action}Response`, content, namespace));
}

export function queryError({ code, message, status }: AwsError, requestId: string): string {
  const type = status < 500 ? 'Sender' : 'Receiver';
  return xmlDocument(
    'ErrorResponse',
    { Error: { Type: type, Code: code, Message: message }, RequestId: requestId },
    namespace,
  );
}
