import { defaultModelSettings } from '../config/validate.ts';
import { GatewayError } from '../errors.ts';
import type { Aws } from '../sagemaker/aws.ts';
import { defined } from '../sagemaker/defined.ts';
import { findHosted } from '../sagemaker/hosted.ts';
import { inTurn } from '../sagemaker/in-turn.ts';
import type { Workspace } from '../sagemaker/workspace.ts';
import { type DeploymentManifest, manifestKey } from './manifest.ts';
import type { CallableModel } from './model.ts';

/** The deployments of the admin routes as models to call: SageMaker says what is live, S3 what it means. */
export class DeployedModels {
  readonly #aws: Aws;
  readonly #workspace: Workspace;

  constructor(aws: Aws, workspace: Workspace) {
    this.#aws = aws;
    this.#workspace = workspace;
  }

  /** Undefined when nothing is deployed under the name. @throws GatewayError model_not_ready while it cannot be called yet */
  async find(name: string): Promise<CallableModel | undefined> {
    const endpoint = await findHosted(this.#aws, name);
    // Endpoints that others made in the account are none of ours: they have no manifest, and are callable when they are configured.
    if (endpoint === undefined || endpoint.status === 'Deleting' || !endpoint.configName.startsWith(`${name}-`))
      return undefined;
    const version = endpoint.configName.slice(name.length + 1);
    const manifest = await this.#workspace.readJson<DeploymentManifest>(manifestKey(name, version));
    if (manifest === undefined) return undefined;

    if (endpoint.status === 'Creating') {
      throw new GatewayError('model_not_ready', `Model "${name}" is being deployed.`, { retryAfter: 2 });
    }
    // A component that could not be changed goes on with what it has.
    const broken = endpoint.status === 'Failed' && !endpoint.component?.currentCopies;
    if (broken || endpoint.status === 'OutOfService') {
      throw new GatewayError(
        'model_not_ready',
        `Model "${name}" cannot be called: ${endpoint.failureReason ?? endpoint.status}.`,
        {
          retryAfter: 30,
        },
      );
    }
    const { contentType, accept, rowForm, features, strictRanges, threshold, labels, response } = manifest;
    const asyncEndpoint = manifest.async && name;
    const inferenceComponent = manifest.inferenceComponent && name;
    const known = defined({
      asyncEndpoint,
      inferenceComponent,
      rowForm,
      features,
      strictRanges,
      threshold,
      labels,
      response,
    });
    return { name, version, ...defaultModelSettings({ endpoint: name, contentType, accept, ...known }) };
  }

  /** Those that can be called now. SageMaker's quota of endpoints bounds how many there are. */
  async list(): Promise<CallableModel[]> {
    const names = await this.#workspace.listAll('deployments/', { folders: true });
    const models: CallableModel[] = [];
    for await (const [, model] of inTurn(names, (name) => this.#findReady(name))) {
      if (model !== undefined) models.push(model);
    }
    return models;
  }

  async #findReady(name: string): Promise<CallableModel | undefined> {
    try {
      return await this.find(name);
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'model_not_ready') return undefined;
      throw error;
    }
  }
}
