import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../account.ts';
import { AwsError } from './aws-error.ts';
import { call, type Service } from './operation.ts';
import { type XmlValue, xmlDocument } from './xml.ts';

export interface QueryService extends Service {
  /** Of the answers. */
  readonly namespace: string;
}

/** AWS Query: a form whose Action and Version name operation and service, and whose other fields are the input; answered in XML. */
export async function answerQuery(
  /** By version of their API. */
  services: Readonly<Record<string, QueryService>>,
  account: Account,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { Action = '', Version = '', ...input } = fieldsOf(request);
  const service = services[Version];
  if (!service || !Object.hasOwn(service.actions, Action)) {
    throw new AwsError('InvalidAction', `Could not find operation ${Action} for version ${Version}`);
  }
  const result = (await call(service, Action, input, account)) as XmlValue;
  const content = { [`${Action}Result`]: result, ResponseMetadata: { RequestId: request.id } };
  return reply.type('text/xml').send(xmlDocument(`${Action}Response`, content, service.namespace));
}

/** Text each: none of the operations here takes a list or a number. */
const fieldsOf = (request: FastifyRequest): Record<string, string> =>
  Object.fromEntries(new URLSearchParams((request.body as Buffer | undefined)?.toString()));

export function queryError(
  services: Readonly<Record<string, QueryService>>,
  { code, message, status }: AwsError,
  request: FastifyRequest,
): string {
  const type = status < 500 ? 'Sender' : 'Receiver';
  return xmlDocument(
    'ErrorResponse',
    { Error: { Type: type, Code: code, Message: message }, RequestId: request.id },
    services[fieldsOf(request).Version ?? '']?.namespace,
  );
}
