import type { FastifyInstance, FastifyRequest } from 'fastify';

/** A name that the caller gave, where it has the form of one. */
function nameIn(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('name' in body)) return undefined;
  return typeof body.name === 'string' && /^[\w.-]{1,128}$/.test(body.name) ? body.name : undefined;
}

/** What the request is about: the path of what was made, or of what was asked for. */
function resourceOf({ url, body }: FastifyRequest, location: unknown): string {
  if (typeof location === 'string') return location;
  const [path = ''] = url.split('?');
  const name = nameIn(body);
  return name === undefined ? path : `${path}/${name}`;
}

const changes = (method: string): boolean => method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';

/** A line for each change that was asked for through the routes registered in `app` after this: who, what, from where, and what came of it. */
export function auditChanges(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    if (changes(request.method)) {
      const { client, ip, routeOptions, failure } = request;
      const { operationId } = (routeOptions.schema ?? {}) as { operationId?: string };
      request.log.info(
        {
          audit: {
            who: client?.name ?? 'anybody',
            what: operationId ?? `${request.method} ${routeOptions.url}`,
            resource: resourceOf(request, reply.getHeader('location')),
            from: ip,
            ...(request.plannedCalls === undefined ? {} : { dryRun: true }),
            result: reply.statusCode < 400 ? 'done' : 'refused',
            status: reply.statusCode,
            ...(failure === undefined ? {} : { code: failure.code }),
          },
        },
        'audit',
      );
    }
    done();
  });
}
