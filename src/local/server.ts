import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import type { Account } from './account.ts';
import { faultRoutes } from './faults/fault-routes.ts';
import { notebookRoutes } from './notebooks/notebook-routes.ts';
import { runtimeRoutes } from './runtime/runtime-routes.ts';
import { s3Routes } from './s3/s3-routes.ts';
import { rpcRoutes } from './wire/rpc-routes.ts';

/** Every service on one port, told apart by path: `POST /` for the RPC services, SageMaker's runtime under /endpoints/, and the rest is S3. */
export function buildServer(account: Account): FastifyInstance {
  const app = Fastify({
    loggerInstance: account.logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    bodyLimit: 25 * 1024 * 1024,
    // A PUT of a large object may take as long as it takes.
    requestTimeout: 0,
    routerOptions: { maxParamLength: 4096 },
  });
  app.removeAllContentTypeParsers();
  app.addHook('onRequest', (request, reply, done) => {
    // S3 has a name of its own for it; clients look for either.
    reply.header('x-amzn-requestid', request.id).header('x-amz-request-id', request.id);
    done();
  });
  app.register(rpcRoutes, { account });
  app.register(runtimeRoutes, { account });
  app.register(faultRoutes, { account });
  app.register(notebookRoutes, { account });
  app.register(s3Routes, { account });
  return app;
}
