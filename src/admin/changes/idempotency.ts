import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.ts';
import type { Workspace } from '../../sagemaker/workspace.ts';
import { Claims, digest } from './claims.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The Idempotency-Key that this request has for itself. */
    idempotency: { readonly id: string; readonly request: string } | undefined;
  }
}

/** What tells a request from another one: of a body that streams its length and type, since it has not been read. */
function digestOf({ method, url, headers, body }: FastifyRequest): string {
  const isStream = typeof body === 'object' && body !== null && 'pipe' in body;
  const content = isStream ? `${headers['content-type']} ${headers['content-length']}` : (JSON.stringify(body) ?? '');
  return digest(method, url, content);
}

/**
 * The header Idempotency-Key (draft-ietf-httpapi-idempotency-key-header) of POST: a request that is sent again gets the answer of the first,
 * at any replica, for 24 hours. What was refused is not kept: nothing was made, and another try may go well.
 */
export function answerRepeatsAlike(app: FastifyInstance, workspace: Workspace): void {
  const claims = new Claims(workspace, 'idempotency', 10 * 60_000);
  app.decorateRequest('idempotency', undefined);
  app.addHook('preHandler', async (request, reply) => {
    const { 'idempotency-key': key } = request.headers;
    if (request.method !== 'POST' || typeof key !== 'string' || request.plannedCalls !== undefined) return undefined;
    const id = digest(request.client?.name ?? '', key);
    const own = digestOf(request);
    const found = await claims.take(id, own);
    if (found === undefined) {
      request.idempotency = { id, request: own };
      return undefined;
    }
    if (found.request !== own) {
      throw new GatewayError('idempotency_key_reused', 'The Idempotency-Key belongs to another request.', {
        errors: [{ pointer: 'header/idempotency-key', detail: 'belongs to another request' }],
      });
    }
    if (found.answer === undefined) {
      throw new GatewayError('request_in_progress', 'The request with this Idempotency-Key is at work.', {
        retryAfter: 1,
      });
    }
    const { status, contentType, location, body } = found.answer;
    if (location !== undefined) reply.header('location', location);
    return reply.code(status).header('idempotency-replayed', 'true').type(contentType).send(body);
  });
  // Before the answer is out: who has it can rely on it.
  app.addHook('onSend', async ({ idempotency, log }, reply, payload) => {
    if (idempotency === undefined) return payload;
    const { id, request } = idempotency;
    const location = reply.getHeader('location');
    const kept =
      reply.statusCode < 400 && typeof payload === 'string'
        ? claims.keep(id, request, {
            status: reply.statusCode,
            contentType: String(reply.getHeader('content-type')),
            ...(typeof location === 'string' ? { location } : {}),
            body: payload,
          })
        : claims.giveUp(id);
    await kept.catch((err: unknown) => log.error({ err }, 'what became of an Idempotency-Key could not be kept'));
    return payload;
  });
}
