import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Account } from '../account.ts';
import { asAwsError } from '../wire/as-aws-error.ts';
import { AwsError } from '../wire/aws-error.ts';
import { xmlDocument } from '../wire/xml.ts';
import { checkExpiry } from './presigned.ts';
import { routeS3 } from './routes.ts';
import { s3Error } from './s3-error.ts';
import { parseAddress, type S3Answer, type S3Request } from './s3-request.ts';

/** Everything that is not another service's is S3. Bodies are left on the socket: the actions stream them. */
export async function s3Routes(app: FastifyInstance, { account }: { account: Account }): Promise<void> {
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));

  app.route({
    method: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
    url: '/*',
    handler: async (request, reply) => {
      const answer = await answerS3(request, account);
      reply.code(answer.status ?? 200).headers(answer.headers ?? {});
      if (request.method === 'HEAD') return sendHead(reply, answer);
      if (typeof answer.body === 'string') reply.type('application/xml');
      return reply.send(answer.body);
    },
    errorHandler: (error: Error, request, reply) => {
      // A client that went away in the middle of its body is no fault of the server's.
      const fault = request.raw.readableAborted ? s3Error('IncompleteBody') : asAwsError(error, internal, request.log);
      reply.code(fault.status);
      if (request.method === 'HEAD' || fault.status === 304) return reply.send();
      const { code, message, members } = fault;
      const ids = { RequestId: request.id, HostId: hostId };
      return reply
        .type('application/xml')
        .send(xmlDocument('Error', { Code: code, Message: message, ...members, ...ids }));
    },
  });
}

const internal = () => new AwsError('InternalError', 'We encountered an internal error. Please try again.', 500);
const hostId = randomBytes(48).toString('base64');

async function answerS3(request: FastifyRequest, account: Account): Promise<S3Answer> {
  const url = request.raw.url ?? '/';
  const cut = url.indexOf('?');
  const { bucket, key } = parseAddress(cut < 0 ? url : url.slice(0, cut), request.headers.host);
  const s3Request: S3Request = {
    objects: account.objects,
    accountId: account.accountId,
    region: account.region,
    origin: `http://${request.headers.host}`,
    method: request.method,
    bucket,
    key,
    query: new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1)),
    headers: request.headers,
    body: request.raw,
  };
  checkExpiry(s3Request.query);
  return routeS3(s3Request)(s3Request);
}

/** A HEAD answer has the content-length of the body that GET would send, which Fastify would take for a mistake. */
function sendHead(reply: FastifyReply, answer: S3Answer): FastifyReply {
  reply.hijack();
  reply.raw.writeHead(answer.status ?? 200, { ...reply.getHeaders(), ...answer.headers } as Record<string, string>);
  reply.raw.end();
  return reply;
}
