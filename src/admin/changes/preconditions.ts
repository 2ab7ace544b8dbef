import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { GatewayError } from '../../errors.ts';
import type { Workspace } from '../../sagemaker/workspace.ts';
import { Claims, digest } from './claims.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The claim that this request has on the resource that it changes. */
    guarded: string | undefined;
  }
}

/** How long a replica that died holds up changes of a resource, ms. */
const aliveMs = 60_000;

const etagOf = (resource: unknown): string =>
  `"${createHash('sha256').update(JSON.stringify(resource)).digest('base64url').slice(0, 22)}"`;

/** Of a list in If-Match or If-None-Match; weak marks never match strongly, as RFC 9110 has it. */
const names = (list: string, etag: string): boolean =>
  list.trim() === '*' || list.split(',').some((one) => one.trim() === etag);

/** `/admin/deployments/:name` of `/admin/deployments/:name/versions`. */
const resourceOf = (url = ''): string | undefined => /^\/admin\/[^/]+\/:[^/]+/.exec(url)?.[0];

/** The answer of a route's handler, without its being sent. */
async function shownBy(handler: RouteHandlerMethod, app: FastifyInstance, request: FastifyRequest): Promise<unknown> {
  let sent: unknown;
  const chain = (): object => reply;
  const send = (payload: unknown): object => {
    sent = payload;
    return reply;
  };
  const reply = { code: chain, type: chain, header: chain, send };
  const { params, log } = request;
  const asked = { params, log, method: 'GET', query: {}, headers: { accept: 'application/json' } };
  const returned = await handler.call(app, asked as unknown as FastifyRequest, reply as unknown as FastifyReply);
  return (returned as unknown) === reply ? sent : returned;
}

/**
 * ETag on every resource, from what is shown of it; If-None-Match saves its being sent again, and If-Match holds changes back when it is no
 * longer what the caller saw. A change with If-Match has the resource for itself from the check until it is made, at whichever replica, so
 * that of two for one ETag only one is made. For all routes registered in `app` after this.
 */
export function guardChanges(app: FastifyInstance, workspace: Workspace): void {
  const claims = new Claims(workspace, 'changes', aliveMs);
  app.decorateRequest('guarded', undefined);
  async function claim(request: FastifyRequest): Promise<void> {
    const [, noun = '', name = ''] = /^\/admin\/([^/]+)\/([^/?]+)/.exec(request.url) ?? [];
    const id = digest(noun, decodeURIComponent(name));
    if ((await claims.take(id, request.id)) !== undefined) {
      throw new GatewayError('request_in_progress', 'The resource is being changed by another request with If-Match.', {
        retryAfter: 1,
      });
    }
    request.guarded = id;
  }
  const readers = new Map<string, RouteHandlerMethod>();
  app.addHook('onRoute', ({ method, url, handler }) => {
    if (method === 'GET' && resourceOf(url) === url) readers.set(url, handler);
  });
  app.addHook('preHandler', async (request) => {
    const { 'if-match': expected } = request.headers;
    if (expected === undefined || request.method === 'GET' || request.method === 'HEAD') return;
    const reader = readers.get(resourceOf(request.routeOptions.url) ?? '');
    if (reader === undefined) {
      const detail = 'is for changes of a resource that has an ETag';
      throw new GatewayError('validation_failed', `If-Match ${detail}.`, {
        errors: [{ pointer: 'header/if-match', detail }],
      });
    }
    // A dry run changes nothing.
    if (request.plannedCalls === undefined) await claim(request);
    if (names(expected, etagOf(await shownBy(reader, app, request)))) return;
    throw new GatewayError('precondition_failed', 'The resource is no longer what If-Match names; fetch it again.');
  });
  app.addHook('preSerialization', async (request, reply, payload) => {
    if (reply.statusCode === 200 && readers.has(request.routeOptions.url ?? '') && request.method === 'GET') {
      reply.header('etag', etagOf(payload));
    }
    return payload;
  });
  // Before the answer is out: who has it may go on with the next change.
  app.addHook('onSend', async ({ guarded, log }, _reply, payload) => {
    if (guarded !== undefined) {
      await claims.giveUp(guarded).catch((err: unknown) => log.error({ err }, 'a resource could not be given free'));
    }
    return payload;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const etag = reply.getHeader('etag');
    const { 'if-none-match': known } = request.headers;
    if (typeof etag !== 'string' || known === undefined || !names(known, etag)) return payload;
    reply.code(304).removeHeader('content-type').removeHeader('content-length');
    return null;
  });
}
