import { enableCompileCache } from 'node:module';
import { parseArgs } from 'node:util';
import type { FastifyBaseLogger } from 'fastify';
import type { App } from './app.ts';
import { ConfigError, loadConfig } from './config/load.ts';
import type { Config } from './config/schema.ts';
import { tracesUrl } from './config/tracing.ts';
import { readConfigFile, watchConfig } from './config/watch.ts';
import { type Keyed, makeLocalKey } from './local-key.ts';
import type { AwsTarget } from './sagemaker/aws.ts';
import { crashOnUnknown, shutDown, watchSignals } from './shutdown.ts';
import type { RunningTracing } from './tracing/start.ts';

// What is imported from here on is compiled once and kept: a start takes half the time.
enableCompileCache();

function readArguments() {
  const { values } = parseArgs({
    options: { 'check-config': { type: 'boolean', default: false }, data: { type: 'string' } },
  });
  return values;
}

function readConfig(): Config {
  const path = process.env.GATEWAY_CONFIG;
  if (!path) return loadConfig(process.env);
  return loadConfig(process.env, readConfigFile(path));
}

/** Lets a change of gateway.yaml take effect on models and clients; all else holds until the next start. */
function watchSettings(app: App, logger: FastifyBaseLogger, protect: (config: Config) => Config): () => void {
  const path = process.env.GATEWAY_CONFIG;
  if (!path) return () => {};
  return watchConfig(path, process.env, {
    changed(config) {
      app.configure(protect(config));
      logger.info(
        { models: Object.keys(config.models), clients: Object.keys(config.clients) },
        'configuration reloaded',
      );
    },
    refused: ({ faults }) => logger.error({ faults }, 'the new configuration is faulty; the last one goes on'),
  });
}

async function main(): Promise<void> {
  const signals = watchSignals();
  const args = readArguments();
  const given = readConfig();
  if (args['check-config']) {
    process.stdout.write('The configuration is valid.\n');
    return;
  }
  const { demoKey, key, protect } = makeLocalKey(given);
  const config = protect(given);
  const isLocal = config.mode === 'local';
  const [{ buildApp }, { createAws }, { createInvoker }, { resolveRuntimeTarget }, { reach }, { createLogger }, local] =
    await Promise.all([
      import('./app.ts'),
      import('./sagemaker/aws.ts'),
      import('./sagemaker/invoke.ts'),
      import('./sagemaker/runtime-target.ts'),
      import('./sagemaker/reachable.ts'),
      import('./logger.ts'),
      isLocal ? startLocal(config, { demoKey, key }) : undefined,
    ]);
  const logger = createLogger(config.logLevel ?? (isLocal ? 'warn' : 'info'));
  const aws = createAws(config, local?.target);
  crashOnUnknown(logger);
  const runtime = await resolveRuntimeTarget(aws.runtime);
  const invoker = createInvoker(runtime);
  const roleArn = config.aws.roleArn ?? local?.roleArn;
  const app = await buildApp(
    { ...config, aws: { ...config.aws, ...(roleArn ? { roleArn } : {}) } },
    { aws, invoker, logger },
  );
  if (config.auth === 'none') logger.warn('auth: none lets anybody who reaches this gateway predict, train and deploy');
  const failed = (error: unknown) => logger.warn({ err: error }, 'a dependency fails');
  app.watchDependency('credentials', { probe: async () => runtime.credentials(), needed: true, failed });
  app.watchDependency('sagemaker', { probe: (signal) => reach(runtime.origin, signal), needed: false, failed });
  const stopped = new AbortController();
  const unwatch = watchSettings(app, logger, protect);

  let tracing: ReturnType<typeof startTracing> | undefined;
  signals.arm((signal) => {
    logger.info({ signal }, 'stopping');
    stopped.abort();
    unwatch();
    const closers = [
      () => invoker.close(),
      () => aws.close(),
      () => local?.close(),
      async () => (await tracing)?.close(),
    ];
    return shutDown({ app, logger, shutdown: config.shutdown, closers });
  });
  const url = await app.listen({ host: config.host, port: config.port });
  tracing = startTracing(app, config, logger);
  await tracing;
  if (local) await local.showcase(url, args.data, stopped.signal);
}

/** After the start, which the SDK would make slower by a third. */
async function startTracing(app: App, config: Config, logger: FastifyBaseLogger): Promise<RunningTracing | undefined> {
  const url = tracesUrl(config.tracing);
  if (url === undefined) return undefined;
  const { exportTraces } = await import('./tracing/start.ts');
  const tracing = await exportTraces(url, config.tracing, logger);
  app.traceBy(tracing.tracer);
  return tracing;
}

/** Local mode: the embedded SageMaker in place of AWS, and a demo model in it. */
async function startLocal(config: Config, keys: Pick<Keyed, 'demoKey' | 'key'>) {
  const [{ startLocalSageMaker }, { startShowcase }] = await Promise.all([
    import('./local/start.ts'),
    import('./demo/showcase.ts'),
  ]);
  const { stateDir, port, images } = config.local;
  const sagemaker = await startLocalSageMaker({ stateDir, port, images });
  const target: AwsTarget = {
    endpoint: sagemaker.url,
    region: sagemaker.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  return {
    target,
    roleArn: `arn:aws:iam::${sagemaker.accountId}:role/sagemaker-gateway`,
    showcase: (gateway: string, dataFile: string | undefined, signal: AbortSignal) =>
      startShowcase({ gateway, sagemaker: sagemaker.url, stateDir, ...keys }, dataFile, signal),
    close: () => sagemaker.close(),
  };
}

main().catch((error: unknown) => {
  // Faults of the configuration are the operator's to mend: no stack.
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
});
