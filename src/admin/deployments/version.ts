import { type Feature, featureFaults } from '../../config/feature.ts';
import { GatewayError } from '../../errors.ts';
import { type DeploymentManifest, manifestKey, versionedName } from '../../predict/manifest.ts';
import { defined } from '../../sagemaker/defined.ts';
import {
  createEndpointConfig,
  deleteEndpointConfig,
  type EndpointConfigOrder,
} from '../../sagemaker/endpoint-configs.ts';
import { createModel, deleteModel } from '../../sagemaker/endpoints.ts';
import { unlessThere } from '../../sagemaker/or-nothing.ts';
import type { AdminContext, AdminOptions } from '../context.ts';
import { invalidFields } from '../invalid.ts';
import { requireRole } from '../role.ts';
import { checkComponent } from './component.ts';
import type { DeployableModel } from './deployable-model.ts';
import type { FleetOptions } from './fleet-schema.ts';
import type { VersionSettings } from './schema.ts';

/** Variant of every version. SageMaker moves calls step by step only between variants of one name. */
export const liveVariant = 'AllTraffic';
/** Variant of the new version while two are in service. */
export const nextVariant = 'Next';

/** What is kept of a version: what the data plane needs to call it, and what it takes to make another one like it. */
export interface VersionManifest extends Omit<DeploymentManifest, keyof FleetOptions>, FleetOptions {
  /** Two versions in service beside each other; the settings are those of the live one. */
  readonly split?: { readonly live: string; readonly next: string };
}

export type VersionContext = Pick<AdminOptions, 'aws' | 'workspace' | 'config'>;

/** `20261123T155800Z`: sorts by age, and fits into names of SageMaker. */
export const versionAt = (time: Date): string => time.toISOString().replace(/[-:]|\.\d+/g, '');

/** Features by name or with more to them, as features; a name may stand once. @param within where the settings stand in the request */
export function requireFeatures({ features = [] }: Pick<VersionSettings, 'features'>, within = ''): Feature[] {
  const known = features.map((feature) => (typeof feature === 'string' ? { name: feature } : feature));
  const faults = featureFaults(known, `${within}/features`);
  if (faults.length > 0) throw invalidFields(faults);
  return known;
}

/** @throws GatewayError validation_failed for features that contradict each other */
export function manifestOf(
  name: string,
  model: DeployableModel,
  settings: VersionSettings,
  madeAt = new Date(),
): VersionManifest {
  checkComponent(settings);
  const { instanceType, instanceCount, serverless, async, dataCapture, inferenceComponent } = settings;
  const { features, contentType, accept, rowForm, threshold, labels, response, strictRanges } = settings;
  return {
    name,
    version: versionAt(madeAt),
    ...{ contentType, accept, instanceType, instanceCount },
    ...defined({
      serverless,
      async,
      dataCapture,
      inferenceComponent,
      rowForm,
      threshold,
      labels,
      response,
      strictRanges,
    }),
    ...model,
    ...(features === undefined ? {} : { features: requireFeatures(settings) }),
    createdAt: madeAt.toISOString(),
  };
}

/** Where a version's answers and captures go when nothing else was said. */
async function destinations(
  { workspace }: Pick<VersionContext, 'workspace'>,
  { name, async, dataCapture }: VersionManifest,
): Promise<Pick<EndpointConfigOrder, 'async' | 'dataCapture'>> {
  const folder = (kind: string) => workspace.uri(`${kind}/${name}`);
  return {
    ...(async === undefined
      ? {}
      : {
          async: {
            outputUri: async.outputUri ?? (await folder('async-output')),
            failureUri: async.failureUri ?? (await folder('async-failures')),
            ...defined({ maxConcurrentPerInstance: async.maxConcurrentPerInstance }),
          },
        }),
    ...(dataCapture === undefined
      ? {}
      : { dataCapture: { percent: dataCapture.percent, uri: dataCapture.uri ?? (await folder('data-capture')) } }),
  };
}

export async function configOf(
  context: Pick<VersionContext, 'workspace'>,
  manifest: VersionManifest,
): Promise<EndpointConfigOrder> {
  const name = versionedName(manifest.name, manifest.version);
  const { instanceType, instanceCount, serverless, inferenceComponent: managed } = manifest;
  const fleet = { instanceType, instanceCount, ...defined({ serverless }) };
  if (managed !== undefined) return { name, variants: [{ name: liveVariant, fleet: { ...fleet, managed } }] };
  return {
    name,
    variants: [{ name: liveVariant, model: name, fleet }],
    ...(await destinations(context, manifest)),
  };
}

/** Makes model and endpoint configuration of a version that was claimed; what exists counts as made. */
export async function makeVersion(context: VersionContext, manifest: VersionManifest): Promise<void> {
  const { aws, config } = context;
  const { name, version, image, modelArtifacts } = manifest;
  const versioned = versionedName(name, version);
  const roleArn = requireRole(config);
  await unlessThere(createModel(aws, { name: versioned, image, modelArtifacts, roleArn }));
  const order = await configOf(context, manifest);
  await unlessThere(
    createEndpointConfig(aws, manifest.inferenceComponent === undefined ? order : { ...order, roleArn }),
  );
}

/**
 * Writes the manifest of a version, before all else of it: whoever is first has the name, and a removal finds whatever was begun.
 * @throws GatewayError conflict when the version is somebody else's
 */
export async function claimVersion(
  { workspace }: Pick<VersionContext, 'workspace'>,
  manifest: VersionManifest,
): Promise<void> {
  const key = manifestKey(manifest.name, manifest.version);
  if ((await workspace.writeJsonIf(key, manifest)) !== undefined) return;
  const there = await workspace.readJson<VersionManifest>(key);
  if (there?.createdAt === manifest.createdAt && there.trainingJob === manifest.trainingJob) return;
  throw new GatewayError('conflict', `Another version of "${manifest.name}" is made at this moment.`, {
    retryAfter: 1,
  });
}

/** Removes all that was made for a version. @returns what was there; the manifest is not asked about */
export async function removeVersion(
  { aws, workspace }: Pick<VersionContext, 'aws' | 'workspace'>,
  name: string,
  version: string,
): Promise<string[]> {
  const versioned = versionedName(name, version);
  const removed: string[] = [];
  if (await deleteEndpointConfig(aws, versioned)) removed.push(`endpoint-config/${versioned}`);
  if (await deleteModel(aws, versioned)) removed.push(`model/${versioned}`);
  await workspace.remove(manifestKey(name, version));
  removed.push(await workspace.uri(manifestKey(name, version)));
  return removed;
}

/** Runs what puts a version into service; when it cannot be, the version is removed, and the client hears why it could not. */
export async function orRemoved<T>(
  context: Pick<AdminContext, 'aws' | 'workspace' | 'log'>,
  { name, version }: Pick<VersionManifest, 'name' | 'version'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // What went wrong first is what the client must hear; what the cleaning leaves behind, the operator.
    await removeVersion(context, name, version).catch((cause: unknown) =>
      context.log.error(
        { err: cause, left: versionedName(name, version) },
        'a part of a deployment that failed could not be removed',
      ),
    );
    throw error;
  }
}
