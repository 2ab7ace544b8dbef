import type { FastifyBaseLogger } from 'fastify';
import type { Scope } from './arn.ts';
import type { AsyncQueue } from './async/async-queue.ts';
import type { FaultSettings } from './faults/fault-settings.ts';
import type { Endpoint } from './hosting/endpoint.ts';
import type { EndpointConfig } from './hosting/endpoint-config.ts';
import type { Fleet } from './hosting/fleet.ts';
import type { Model } from './hosting/model.ts';
import type { LogStore } from './logs/log-store.ts';
import type { ModelPackage, ModelPackageGroup } from './model-registry/model-package.ts';
import type { NotebookFleet } from './notebooks/notebook-fleet.ts';
import type { LifecycleConfig, NotebookInstance } from './notebooks/notebook-instance.ts';
import type { ObjectStore } from './s3/object-store.ts';
import type { Table } from './store/table.ts';
import type { TrainingJob } from './training/training-job.ts';
import type { TrainingRunner } from './training/training-runner.ts';
import type { TransformJob } from './transform/transform-job.ts';
import type { TransformRunner } from './transform/transform-runner.ts';
import type { TuningJob } from './tuning/tuning-job.ts';
import type { TuningRunner } from './tuning/tuning-runner.ts';

/** One AWS account in one region: all that the actions read and change. Tables are keyed by the resource's name in lower case. */
export interface Account extends Scope {
  readonly trainingJobs: Table<TrainingJob>;
  readonly tuningJobs: Table<TuningJob>;
  readonly transformJobs: Table<TransformJob>;
  readonly models: Table<Model>;
  readonly modelPackageGroups: Table<ModelPackageGroup>;
  readonly modelPackages: Table<ModelPackage>;
  readonly notebookInstances: Table<NotebookInstance>;
  readonly lifecycleConfigs: Table<LifecycleConfig>;
  readonly endpointConfigs: Table<EndpointConfig>;
  readonly endpoints: Table<Endpoint>;
  readonly objects: ObjectStore;
  readonly logs: LogStore;
  readonly training: TrainingRunner;
  readonly tuning: TuningRunner;
  readonly transforms: TransformRunner;
  readonly notebooks: NotebookFleet;
  readonly fleet: Fleet;
  readonly asyncQueue: AsyncQueue;
  readonly faults: FaultSettings;
  readonly logger: FastifyBaseLogger;
}
