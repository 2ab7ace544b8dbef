import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import type { Account } from './account.ts';
import type { Scope } from './arn.ts';
import type { AsyncInvocation } from './async/async-invocation.ts';
import { AsyncQueue } from './async/async-queue.ts';
import type { Alarm } from './cloudwatch/alarm.ts';
import { AlarmStore } from './cloudwatch/alarm-store.ts';
import { MetricStore, type MinuteRow } from './cloudwatch/metric-store.ts';
import { ContainerRuntime } from './containers/container-runtime.ts';
import { killOrphans } from './containers/orphans.ts';
import { servingImages } from './containers/serving.ts';
import type { Fault } from './faults/fault.ts';
import { FaultSettings } from './faults/fault-settings.ts';
import { DataCapture } from './hosting/data-capture.ts';
import type { Endpoint } from './hosting/endpoint.ts';
import type { EndpointConfig } from './hosting/endpoint-config.ts';
import { Fleet } from './hosting/fleet.ts';
import type { Model } from './hosting/model.ts';
import type { ModelServers } from './hosting/model-server.ts';
import { ComponentFleet } from './inference-components/component-fleet.ts';
import type { InferenceComponent } from './inference-components/inference-component.ts';
import { LogStore } from './logs/log-store.ts';
import type { ModelPackage, ModelPackageGroup } from './model-registry/model-package.ts';
import { NotebookFleet } from './notebooks/notebook-fleet.ts';
import type { LifecycleConfig, NotebookInstance } from './notebooks/notebook-instance.ts';
import type { Pace } from './pace.ts';
import { ObjectStore } from './s3/object-store.ts';
import type { ScalableTarget, ScalingActivity, ScalingPolicy } from './scaling/scalable-target.ts';
import { Scaler } from './scaling/scaler.ts';
import { Table } from './store/table.ts';
import type { Images } from './training/images.ts';
import type { TrainingJob } from './training/training-job.ts';
import { TrainingRunner } from './training/training-runner.ts';
import type { TransformJob } from './transform/transform-job.ts';
import { TransformRunner } from './transform/transform-runner.ts';
import type { TuningJob } from './tuning/tuning-job.ts';
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
  const tables: { close(): Promise<void> }[] = [];
  const table = async <T>(name: string) => {
    const opened = await Table.open<T>(join(stateDir, 'sagemaker', `${name}.jsonl`));
    tables.push(opened);
    return opened;
  };
  const [
    trainingJobs,
    tuningJobs,
    transformJobs,
    models,
    modelPackageGroups,
    modelPackages,
    notebookInstances,
    lifecycleConfigs,
    endpointConfigs,
    endpoints,
    invocations,
    faultTable,
    alarmTable,
    targets,
    policies,
    activities,
    inferenceComponents,
    minutes,
    objects,
    logs,
  ] = await Promise.all([
    table<TrainingJob>('training-jobs'),
    table<TuningJob>('tuning-jobs'),
    table<TransformJob>('transform-jobs'),
    table<Model>('models'),
    table<ModelPackageGroup>('model-package-groups'),
    table<ModelPackage>('model-packages'),
    table<NotebookInstance>('notebook-instances'),
    table<LifecycleConfig>('lifecycle-configs'),
    table<EndpointConfig>('endpoint-configs'),
    table<Endpoint>('endpoints'),
    table<AsyncInvocation>('async-invocations'),
    table<Fault[]>('faults'),
    table<Alarm>('alarms'),
    table<ScalableTarget>('scalable-targets'),
    table<ScalingPolicy>('scaling-policies'),
    table<ScalingActivity>('scaling-activities'),
    table<InferenceComponent>('inference-components'),
    table<MinuteRow>('metrics'),
    ObjectStore.open(join(stateDir, 's3')),
    LogStore.open(join(stateDir, 'logs')),
  ]);
  const metrics = new MetricStore(minutes, pace);
  const alarms = new AlarmStore(alarmTable, metrics, pace, logger);
  const [training, transforms, fleet] = await Promise.all([
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
      jobs: transformJobs,
      objects,
      logs,
      modelServers,
      folder: join(stateDir, 'transform'),
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
  const tuning = await TuningRunner.open({ jobs: tuningJobs, trainingJobs, training, region, accountId, logger });
  const notebooks = new NotebookFleet({
    instances: notebookInstances,
    lifecycleConfigs,
    logs,
    folder: join(stateDir, 'notebooks'),
    region,
    path: options.jupyterPath,
    logger,
  });
  const components = await ComponentFleet.open({
    components: inferenceComponents,
    objects,
    logs,
    metrics,
    modelServers,
    folder: join(stateDir, 'components'),
    logger,
  });
  const scaler = new Scaler({ targets, policies, activities, alarms, endpoints, fleet, pace, logger });
  const capture = new DataCapture(objects, logger);
  const asyncQueue = new AsyncQueue({ invocations, endpoints, fleet, objects, logger });
  return {
    region,
    accountId,
    trainingJobs,
    tuningJobs,
    transformJobs,
    models,
    modelPackageGroups,
    modelPackages,
    notebookInstances,
    lifecycleConfigs,
    endpointConfigs,
    endpoints,
    objects,
    logs,
    training,
    tuning,
    transforms,
    notebooks,
    fleet,
    asyncQueue,
    alarms,
    scaler,
    inferenceComponents,
    components,
    capture,
    metrics,
    pace,
    faults: new FaultSettings(faultTable),
    logger,
    close: async () => {
      await Promise.all([notebooks.close(), tuning.close(), training.close(), transforms.close(), asyncQueue.close()]);
      await Promise.all([fleet.close(), components.close()]);
      scaler.close();
      alarms.close();
      await capture.close();
      await metrics.close();
      await Promise.all([objects, logs, ...tables].map((store) => store.close()));
    },
  };
}
