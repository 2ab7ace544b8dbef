import { watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Server as TlsServer } from 'node:tls';
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import fp from 'fastify-plugin';
import type { Server } from '../config/server.ts';
import { GatewayError } from '../errors.ts';
import { readCertificates } from './server-options.ts';

/** Certificates are written in several steps; they are read when it has been quiet for so long, ms. */
const quietMs = 200;

const exposed = [
  ...['x-request-id', 'server-timing', 'ratelimit', 'ratelimit-policy', 'retry-after', 'location', 'x-cache', 'age'],
  ...['x-amzn-requestid', 'x-amzn-errortype'],
];

function reloadCertificates(app: FastifyInstance, tls: NonNullable<Server['tls']>): void {
  const server = app.server as unknown as TlsServer;
  let timer: NodeJS.Timeout | undefined;
  const reload = (): void => {
    try {
      server.setSecureContext({ ...readCertificates(tls), minVersion: 'TLSv1.2' });
      app.log.info('certificates reloaded');
    } catch (error) {
      app.log.error({ err: error }, 'the new certificates are faulty; the last ones go on');
    }
  };
  const folders = new Set([tls.certFile, tls.keyFile, tls.clientCaFile ?? tls.certFile].map(dirname));
  const watchers = [...folders].map((folder) =>
    watch(folder, () => {
      clearTimeout(timer);
      timer = setTimeout(reload, quietMs);
    }),
  );
  app.addHook('onClose', async () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  });
}

/** What stands before every route: bounds of the server, headers that browsers obey, and no compressed bodies, which can be bombs. */
export default fp<{ readonly server: Server }>(
  async (app, { server }) => {
    const { maxConnections, cors: pages, tls } = server;
    app.server.maxConnections = maxConnections;
    if (tls) reloadCertificates(app, tls);

    if (pages) {
      const anywhere = pages.origins.includes('*');
      await app.register(cors, {
        origin: anywhere ? '*' : [...pages.origins],
        methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
        exposedHeaders: exposed,
        maxAge: pages.maxAgeSeconds,
      });
    }

    app.addHook('onRequest', (request, reply, done) => {
      // The one header of such that an answer of data needs; pages have a dozen, see openapi-routes.ts.
      reply.header('x-content-type-options', 'nosniff');
      const encoding = request.headers['content-encoding'];
      if (encoding === undefined || encoding.toLowerCase() === 'identity') {
        done();
        return;
      }
      reply.header('accept-encoding', 'identity');
      done(new GatewayError('unsupported_media_type', 'Compressed bodies are not taken.'));
    });
  },
  { name: 'hardening' },
);
