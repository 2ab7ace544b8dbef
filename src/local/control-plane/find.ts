import type { Account } from '../account.ts';
import { sagemakerArn } from '../arn.ts';
import type { Endpoint } from '../hosting/endpoint.ts';
import type { EndpointConfig } from '../hosting/endpoint-config.ts';
import type { Model } from '../hosting/model.ts';
import { type ModelPackage, type ModelPackageGroup, registryKey } from '../model-registry/model-package.ts';
import type { LifecycleConfig, NotebookInstance } from '../notebooks/notebook-instance.ts';
import type { ProcessingJob } from '../processing/processing-job.ts';
import type { TrainingJob } from '../training/training-job.ts';
import type { TransformJob } from '../transform/transform-job.ts';
import type { TuningJob } from '../tuning/tuning-job.ts';
import { AwsError, validationException } from '../wire/aws-error.ts';

// Names are matched without regard to case, as AWS says of endpoints, and as ARNs, which are lower case, imply of the rest.
// What is missing is a ValidationException, except training jobs, whose model has an error of its own.

export function findModel(account: Account, name: string): Model {
  return account.models.get(name.toLowerCase()) ?? missing(account, 'model', 'model', name);
}

export function findEndpointConfig(account: Account, name: string): EndpointConfig {
  return (
    account.endpointConfigs.get(name.toLowerCase()) ??
    missing(account, 'endpoint configuration', 'endpoint-config', name)
  );
}

export function findEndpoint(account: Account, name: string): Endpoint {
  return account.endpoints.get(name.toLowerCase()) ?? missing(account, 'endpoint', 'endpoint', name);
}

export function findTrainingJob(account: Account, name: string): TrainingJob {
  const job = account.trainingJobs.get(name.toLowerCase());
  if (!job) throw new AwsError('ResourceNotFound', 'Requested resource not found.');
  return job;
}

export function findTransformJob(account: Account, name: string): TransformJob {
  const job = account.transformJobs.get(name.toLowerCase());
  if (!job) throw new AwsError('ResourceNotFound', 'Requested resource not found.');
  return job;
}

export function findProcessingJob(account: Account, name: string): ProcessingJob {
  const job = account.processingJobs.get(name.toLowerCase());
  if (!job) throw new AwsError('ResourceNotFound', 'Requested resource not found.');
  return job;
}

export function findTuningJob(account: Account, name: string): TuningJob {
  const job = account.tuningJobs.get(name.toLowerCase());
  if (!job) throw new AwsError('ResourceNotFound', 'Requested resource not found.');
  return job;
}

export function findModelPackageGroup(account: Account, nameOrArn: string): ModelPackageGroup {
  const group = account.modelPackageGroups.get(registryKey(nameOrArn));
  if (group) return group;
  const arn = sagemakerArn(account, 'model-package-group', registryKey(nameOrArn));
  throw validationException(`ModelPackageGroup ${arn} does not exist.`);
}

export function findModelPackage(account: Account, nameOrArn: string): ModelPackage {
  const found = account.modelPackages.get(registryKey(nameOrArn));
  if (found) return found;
  throw validationException(
    `ModelPackage ${sagemakerArn(account, 'model-package', registryKey(nameOrArn))} does not exist.`,
  );
}

/** Of notebook instances SageMaker says no more than this. */
export function findNotebookInstance(account: Account, name: string): NotebookInstance {
  const instance = account.notebookInstances.get(name.toLowerCase());
  if (!instance) throw validationException('RecordNotFound');
  return instance;
}

export function findLifecycleConfig(account: Account, name: string): LifecycleConfig {
  const config = account.lifecycleConfigs.get(name.toLowerCase());
  if (config) return config;
  const arn = sagemakerArn(account, 'notebook-instance-lifecycle-config', name);
  throw validationException(
    `Unable to describe Notebook Instance Lifecycle Config '${arn}'. (Details: Notebook Instance Lifecycle Config does not exist.)`,
  );
}

function missing(account: Account, noun: string, type: string, name: string): never {
  throw validationException(`Could not find ${noun} "${sagemakerArn(account, type, name)}".`);
}

/** Refuses a name that is taken. */
export function checkUnused(account: Account, existing: unknown, noun: string, type: string, name: string): void {
  if (existing)
    throw validationException(`Cannot create already existing ${noun} "${sagemakerArn(account, type, name)}".`);
}
