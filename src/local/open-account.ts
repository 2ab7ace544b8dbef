import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import type { Account } from './account.ts';
import type { Scope } from './arn.ts';
import { AsyncQueue } from './async/async-queue.ts';
import { AlarmStore } from './cloudwatch/alarm-store.ts';
import { MetricStore } from './cloudwatch/metric-store.ts';
import { ContainerRuntime } from './containers/container-runtime.ts';
import { killOrphans } from './containers/orphans.ts';
import { servingImages } from './containers/serving.ts';
import { FaultSettings } from './faults/fault-settings.ts';
import { DataCapture } from './hosting/data-capture.ts';
import { Fleet } from './hosting/fleet.ts';
import type { ModelServers } from './hosting/model-server.ts';
import { ComponentFleet } from './inference-components/component-fleet.ts';
import { LogStore } from './logs/log-store.ts';
import { NotebookFleet } from './notebooks/notebook-fleet.ts';
import type { Pace } from './pace.ts';
import { ProcessingRunner } from './processing/processing-runner.ts';
import { Registry } from './registry/registry.ts';
import { ObjectStore } from './s3/object-store.ts';
import { ImageTransitions } from './sagemaker-images/image-transitions.ts';
import { Scaler } from './scaling/scaler.ts';
import { openTables } from './tables.ts';
import type { Images } from './training/images.ts';
import { TrainingRunner } from './training/training-runner.ts';
import { TransformRunner } from './transform/transform-runner.ts';
import { TuningRunner } from './tuning/tuning-runner.ts';

export interface AccountOptions extends Scope {
  stateDir: string;
  images: Images;
  modelServers: ModelServers;
  /** PATH on which Jupyter is looked for; without it this process's own. */
  jupyterPath?: string | undefined;
  pace: Pace;
  logger: FastifyBaseLogger;
}

/** Opens the state folder. Endpoints that were in service are so again when it resolves. */
export async function openAccount(options: AccountOptions): Promise<Account & { close(): Promise<void> }> {
  const { stateDir, images, pace, region, accountId, logger } = options;
  await killOrphans(stateDir);
  const containers = new ContainerRuntime(images, stateDir);
  const modelServers = servingImages(options.modelServers, containers);
  const [tables, objects, logs] = await Promise.all([
    openTables(join(stateDir, 'sagemaker')),
    ObjectStore.open(join(stateDir, 's3')),
    LogStore.open(join(stateDir, 'logs')),
  ]);
  const {
    invocations,
    faults,
    alarms: alarmTable,
    targets,
    policies,
    activities,
    minutes,
    repositories,
    ...resources
  } = tables;
  const { trainingJobs, models, endpoints } = resources;
  const metrics = new MetricStore(minutes, pace);
  const alarms = new AlarmStore(alarmTable, metrics, pace, logger);
  const [training, transforms, processing, fleet] = await Promise.all([
    TrainingRunner.open({
      jobs: trainingJobs,
      objects,
      logs,
      containers,
      folder: join(stateDir, 'training'),
      region,
      logger,
    }),
    TransformRunner.open({
      jobs: resources.transformJobs,
      objects,
      logs,
      modelServers,
      folder: join(stateDir, 'transform'),
      logger,
    }),
    ProcessingRunner.open({
      jobs: resources.processingJobs,
      objects,
      logs,
      containers,
      folder: join(stateDir, 'processing'),
      region,
      logger,
    }),
    Fleet.open({
      endpoints,
      models,
      objects,
      logs,
      alarms,
      metrics,
      pace,
      folder: join(stateDir, 'hosting'),
      modelServers,
      logger,
    }),
  ]);
  const tuning = await TuningRunner.open({
    jobs: resources.tuningJobs,
    trainingJobs,
    training,
    region,
    accountId,
    logger,
  });
  const notebooks = new NotebookFleet({
    instances: resources.notebookInstances,
    lifecycleConfigs: resources.lifecycleConfigs,
    logs,
    folder: join(stateDir, 'notebooks'),
    region,
    path: options.jupyterPath,
    pace,
    logger,
  });
  const components = await ComponentFleet.open({
    components: resources.inferenceComponents,
    objects,
    logs,
    metrics,
    alarms,
    pace,
    modelServers,
    folder: join(stateDir, 'components'),
    logger,
  });
  const { inferenceComponents } = resources;
  const capacities = { endpoints, fleet, inferenceComponents, components };
  const scaler = new Scaler({ targets, policies, activities, alarms, ...capacities, pace, logger });
  const bound = [...Object.keys(images), ...Object.keys(options.modelServers)];
  const registry = new Registry(repositories, containers, bound);
  const imageTransitions = new ImageTransitions({ ...resources, registry, region, accountId, pace, logger });
  const capture = new DataCapture(objects, logger);
  const asyncQueue = new AsyncQueue({ invocations, endpoints, fleet, objects, logger });
  return {
    region,
    accountId,
    ...resources,
    objects,
    logs,
    training,
    tuning,
    transforms,
    processing,
    notebooks,
    fleet,
    asyncQueue,
    alarms,
    scaler,
    components,
    capture,
    metrics,
    pace,
    registry,
    imageTransitions,
    faults: new FaultSettings(faults),
    logger,
    close: async () => {
      const workers = [notebooks, tuning, training, transforms, processing, asyncQueue, imageTransitions];
      await Promise.all(workers.map((worker) => worker.close()));
      await Promise.all([fleet.close(), components.close()]);
      scaler.close();
      alarms.close();
      await capture.close();
      await metrics.close();
      await Promise.all([objects, logs, ...Object.values(tables)].map((store) => store.close()));
    },
  };
}
