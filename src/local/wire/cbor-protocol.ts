import { decode, encode, Token, Type } from 'cborg';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../account.ts';
import { AwsError } from './aws-error.ts';
import { call, type Service } from './operation.ts';

/** Tag of an instant in epoch seconds. */
const epochTag = 1;
const contentType = 'application/cbor';

/** Smithy RPC v2 CBOR, which boto3 speaks to CloudWatch: the path names the action, the members are those of the JSON protocol. */
export async function answerCbor(
  services: Readonly<Record<string, Service>>,
  account: Account,
  request: FastifyRequest<{ Params: { service: string; action: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { service, action } = request.params;
  const known = Object.hasOwn(services, service) ? services[service] : undefined;
  const result = await call(known, action, parse(request.body as Buffer | undefined), account);
  return reply
    .header('smithy-protocol', 'rpc-v2-cbor')
    .type(contentType)
    .send(encoded(result ?? {}));
}

export const cborError = ({ code, message, members }: AwsError): Buffer =>
  encoded({ __type: code, message, ...members });

export const cborHeaders = { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': contentType };

function parse(body: Buffer | undefined): unknown {
  if (!body?.length) return {};
  try {
    return decode(body, {
      allowIndefinite: true,
      tags: Object.assign([], { [epochTag]: (seconds: number) => seconds }),
    });
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid CBOR');
  }
}

/** A member that is a time goes as one: actions give epoch seconds, which for JSON is all there is to it. */
const encoded = (value: unknown): Buffer =>
  Buffer.from(encode(tagged(value, ''), { typeEncoders: { Date: encodeDate } }));

function tagged(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((each) => tagged(each, name));
  if (typeof value === 'number' && /Timestamps?$/.test(name)) return new Date(value * 1000);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, tagged(member, key)]),
  );
}

const encodeDate = (date: Date) => [new Token(Type.tag, epochTag), new Token(Type.float, date.getTime() / 1000)];
