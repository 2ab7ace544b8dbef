import { type Feature, featureFaults } from '../../config/feature.ts';
import { GatewayError } from '../../errors.ts';
import { type DeploymentManifest, manifestKey, versionedName } from '../../predict/manifest.ts';
import { defined } from '../../sagemaker/defined.ts';
import {
  createEndpoint,
  createEndpointConfig,
  createModel,
  deleteEndpointConfig,
  deleteModel,
  findEndpoint,
} from '../../sagemaker/endpoints.ts';
import type { AdminContext } from '../context.ts';
import { invalidFields } from '../invalid.ts';
import { requireRole } from '../role.ts';
import { type DeployableModel, resolveModel } from './deployable-model.ts';
import { getDeployment } from './read.ts';
import type { Deployment, NewDeployment } from './schema.ts';

/** `20261123T155800Z`: sorts by age, and fits into names of SageMaker. */
const newVersion = (): string => new Date().toISOString().replace(/[-:]|\.\d+/g, '');

async function requireFreeName({ aws, config }: AdminContext, name: string): Promise<void> {
  if (config.models[name] !== undefined) {
    throw new GatewayError('already_exists', `The configuration has a model "${name}".`);
  }
  const endpoint = await findEndpoint(aws, name);
  if (endpoint === undefined) return;
  throw endpoint.status === 'Deleting'
    ? new GatewayError('conflict', `The endpoint "${name}" is still being deleted.`)
    : new GatewayError('already_exists', `There is an endpoint "${name}" already.`);
}

/** Features by name or with more to them, as features; a name may stand once. */
function asFeatures(given: NonNullable<NewDeployment['features']>): Feature[] {
  const features = given.map((feature) => (typeof feature === 'string' ? { name: feature } : feature));
  const faults = featureFaults(features, '/features');
  if (faults.length > 0) throw invalidFields(faults);
  return features;
}

export async function createDeployment(context: AdminContext, request: NewDeployment): Promise<Deployment> {
  const { name, features } = request;
  const roleArn = requireRole(context.config);
  const given = features && asFeatures(features);
  const model = await resolveModel(context, request);
  await requireFreeName(context, name);

  await launch(context, request, given === undefined ? model : { ...model, features: given }, roleArn);
  context.models.forget(name);
  return getDeployment(context, name);
}

/** Model, configuration, manifest, endpoint: when one cannot be made, those before it are removed. */
async function launch(
  { aws, workspace, log }: AdminContext,
  request: NewDeployment,
  model: DeployableModel,
  roleArn: string,
): Promise<void> {
  const { name, instanceType, instanceCount, contentType, accept } = request;
  const { rowForm, threshold, labels, response, strictRanges } = request;
  const version = newVersion();
  const versioned = versionedName(name, version);
  const manifest: DeploymentManifest = {
    name,
    version,
    contentType,
    accept,
    ...model,
    ...defined({ rowForm, threshold, labels, response, strictRanges }),
    createdAt: new Date().toISOString(),
  };
  const undo: (() => Promise<unknown>)[] = [];
  try {
    await createModel(aws, { name: versioned, image: model.image, modelArtifacts: model.modelArtifacts, roleArn });
    undo.unshift(() => deleteModel(aws, versioned));
    await createEndpointConfig(aws, versioned, { instanceType, instanceCount });
    undo.unshift(() => deleteEndpointConfig(aws, versioned));
    await workspace.writeJson(manifestKey(name, version), manifest);
    undo.unshift(() => workspace.remove(manifestKey(name, version)));
    await createEndpoint(aws, name, versioned);
  } catch (error) {
    // What went wrong first is what the client must hear; what the cleaning leaves behind, the operator.
    for (const step of undo) {
      await step().catch((cause: unknown) =>
        log.error({ err: cause, left: versioned }, 'a part of a deployment that failed could not be removed'),
      );
    }
    throw error;
  }
}
