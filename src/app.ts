import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { documentChanges } from './admin/changes/document.ts';
import { planChanges, plannedInvoker } from './admin/changes/dry-run.ts';
import { answerRepeatsAlike } from './admin/changes/idempotency.ts';
import { guardChanges } from './admin/changes/preconditions.ts';
import admin from './admin/routes.ts';
import { knowsAnybody } from './config/load.ts';
import type { Config } from './config/schema.ts';
import { tracesUrl } from './config/tracing.ts';
import { allUsage, ownUsage, Usage } from './limits/routes.ts';
import accessLog from './plugins/access-log.ts';
import addressLimit from './plugins/address-limit.ts';
import { allowBuckets } from './plugins/allowed-buckets.ts';
import { auditChanges } from './plugins/audit.ts';
import auth, { requireScope } from './plugins/auth.ts';
import closing from './plugins/closing.ts';
import errors from './plugins/errors.ts';
import hardening from './plugins/hardening.ts';
import health from './plugins/health.ts';
import { shuttingDown } from './plugins/lifecycle.ts';
import limits from './plugins/limits.ts';
import metrics from './plugins/metrics.ts';
import openapi from './plugins/openapi.ts';
import openapiRoutes from './plugins/openapi-routes.ts';
import { trustedProxies } from './plugins/proxies.ts';
import requestIdPlugin, { requestId } from './plugins/request-id.ts';
import { requestLog } from './plugins/request-log.ts';
import route from './plugins/route.ts';
import { schemaController } from './plugins/schema-compilers.ts';
import { serverOptions } from './plugins/server-options.ts';
import tracing from './plugins/tracing.ts';
import { CaptureWriter } from './predict/capture-writer.ts';
import { DeployedModels } from './predict/deployed-models.ts';
import { EndpointHealth } from './predict/endpoint-health.ts';
import modelRoutes from './predict/model-routes.ts';
import { versionOf } from './predict/model-version.ts';
import { Models } from './predict/models.ts';
import openInference from './predict/open-inference/routes.ts';
import { createPipeline } from './predict/pipeline.ts';
import { AsyncPredictions } from './predict/predictions/predictions.ts';
import predictions from './predict/predictions/routes.ts';
import predict from './predict/routes.ts';
import streaming from './predict/streaming-routes.ts';
import wire from './predict/wire/routes.ts';
import type { Aws } from './sagemaker/aws.ts';
import type { Invoker } from './sagemaker/invoke.ts';
import { resolveRuntimeTarget } from './sagemaker/runtime-target.ts';
import { Workspace } from './sagemaker/workspace.ts';

/** What the gateway reaches the outside world by. Closed by whoever made it. */
export interface Deps {
  readonly aws: Aws;
  readonly invoker: Invoker;
  readonly logger: FastifyBaseLogger;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Takes the models and clients of another configuration, for new requests; all else holds until the next start. */
    configure(config: Config): void;
  }
}

/** The gateway: every plugin and route, in order. */
export async function buildApp(config: Config, deps: Deps) {
  const app = Fastify({
    loggerInstance: deps.logger,
    genReqId: requestId,
    childLoggerFactory: requestLog,
    trustProxy: trustedProxies(config.trustProxy),
    ...serverOptions(config.server),
    bodyLimit: config.bodyLimit,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    // A name that is too long is refused by the schema of its route, in the words of an error; the headers' bound is the path's as well.
    routerOptions: { maxParamLength: config.server.maxHeaderBytes },
    schemaController,
  }).withTypeProvider<TypeBoxTypeProvider>();
  const workspace = new Workspace(deps.aws, config.aws);

  await app.register(route);
  await app.register(tracing, { enabled: tracesUrl(config.tracing) !== undefined });
  await app.register(closing);
  await app.register(requestIdPlugin);
  await app.register(accessLog, { accessLog: config.accessLog, fields: config.accessLogFields });
  await app.register(errors);
  await app.register(hardening, { server: config.server });
  await app.register(openapi);
  await app.register(metrics, config.metrics);
  await app.register(health);
  const clientsKnown = knowsAnybody(config);
  await app.register(addressLimit, { limit: config.limits.perAddress, clientsKnown });
  await app.register(auth, { config });
  await app.register(limits, { config });
  app.addSchema(Usage);

  // Predictions that are not there when time is up are refused while their callers can still be told.
  app.lifecycle.timeUp.addEventListener('abort', () => deps.invoker.close(shuttingDown()));
  const captures = new CaptureWriter(workspace, app.log, app.captureLost);
  app.addHook('onClose', () => captures.close());
  const endpointHealth = new EndpointHealth();
  const models = new Models(config, new DeployedModels(deps.aws, workspace), (model) =>
    createPipeline(model, {
      invoker: deps.invoker,
      captures,
      events: endpointHealth.counting(app.watchPipeline(model)),
      version: versionOf(deps.aws, model),
    }),
  );
  app.decorate('configure', (changed: Config) => {
    app.configureClients(changed);
    models.configure(changed);
    app.configureLimits(changed);
  });
  await app.register(openapiRoutes, { models });
  const asyncPredictions = new AsyncPredictions(deps.aws, workspace);
  await app.register(async (data) => {
    requireScope(data, () => 'predict');
    await data.register(predict, { models, predictions: asyncPredictions, bodyLimit: config.bodyLimit });
    await data.register(predictions, { predictions: asyncPredictions, longest: config.bodyLimit });
    await data.register(streaming, { models, aws: deps.aws });
    await data.register(modelRoutes, { models });
    await data.register(ownUsage);
    await data.register(openInference, { prefix: '/v2', models });
    await data.register(wire, { prefix: '/endpoints', target: () => resolveRuntimeTarget(deps.aws.runtime) });
  });
  await app.register(async (control) => {
    auditChanges(control);
    documentChanges(control);
    planChanges(control);
    guardChanges(control, workspace);
    allowBuckets(
      control,
      config.allowedBuckets,
      async () => config.aws.bucket ?? (await workspace.location('')).bucket,
    );
    answerRepeatsAlike(control, workspace);
    requireScope(control, (method) => (method === 'GET' || method === 'HEAD' ? 'admin:read' : 'admin:write'));
    await control.register(allUsage, { prefix: '/admin' });
    await control.register(admin, {
      prefix: '/admin',
      config,
      aws: deps.aws,
      workspace,
      invoker: plannedInvoker(deps.invoker),
      models,
      health: endpointHealth,
    });
  });

  return app;
}

export type App = Awaited<ReturnType<typeof buildApp>>;
