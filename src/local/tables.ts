import { join } from 'node:path';
import type { AsyncInvocation } from './async/async-invocation.ts';
import type { Alarm } from './cloudwatch/alarm.ts';
import type { MinuteRow } from './cloudwatch/metric-store.ts';
import type { Fault } from './faults/fault.ts';
import type { Endpoint } from './hosting/endpoint.ts';
import type { EndpointConfig } from './hosting/endpoint-config.ts';
import type { Model } from './hosting/model.ts';
import type { InferenceComponent } from './inference-components/inference-component.ts';
import type { ModelPackage, ModelPackageGroup } from './model-registry/model-package.ts';
import type { LifecycleConfig, NotebookInstance } from './notebooks/notebook-instance.ts';
import type { ProcessingJob } from './processing/processing-job.ts';
import type { Repository } from './registry/repository.ts';
import type { Image, ImageVersion } from './sagemaker-images/image.ts';
import type { ScalableTarget, ScalingActivity, ScalingPolicy } from './scaling/scalable-target.ts';
import { Table } from './store/table.ts';
import type { TrainingJob } from './training/training-job.ts';
import type { TransformJob } from './transform/transform-job.ts';
import type { TuningJob } from './tuning/tuning-job.ts';

/** Opens every table that the account keeps in `folder`, one file each. */
export function openTables(folder: string) {
  const open = <T>(name: string) => Table.open<T>(join(folder, `${name}.jsonl`));
  return resolved({
    trainingJobs: open<TrainingJob>('training-jobs'),
    tuningJobs: open<TuningJob>('tuning-jobs'),
    transformJobs: open<TransformJob>('transform-jobs'),
    processingJobs: open<ProcessingJob>('processing-jobs'),
    models: open<Model>('models'),
    modelPackageGroups: open<ModelPackageGroup>('model-package-groups'),
    modelPackages: open<ModelPackage>('model-packages'),
    notebookInstances: open<NotebookInstance>('notebook-instances'),
    lifecycleConfigs: open<LifecycleConfig>('lifecycle-configs'),
    images: open<Image>('images'),
    imageVersions: open<ImageVersion>('image-versions'),
    endpointConfigs: open<EndpointConfig>('endpoint-configs'),
    endpoints: open<Endpoint>('endpoints'),
    inferenceComponents: open<InferenceComponent>('inference-components'),
    invocations: open<AsyncInvocation>('async-invocations'),
    faults: open<Fault[]>('faults'),
    alarms: open<Alarm>('alarms'),
    targets: open<ScalableTarget>('scalable-targets'),
    policies: open<ScalingPolicy>('scaling-policies'),
    activities: open<ScalingActivity>('scaling-activities'),
    repositories: open<Repository>('repositories'),
    minutes: open<MinuteRow>('metrics'),
  });
}

async function resolved<T extends Record<string, unknown>>(
  promises: T,
): Promise<{ [Name in keyof T]: Awaited<T[Name]> }> {
  const entries = Object.entries(promises).map(async ([name, promise]) => [name, await promise]);
  return Object.fromEntries(await Promise.all(entries));
}
