import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MetricStore } from '../cloudwatch/metric-store.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import { Deployment, type Variant } from './deployment.ts';
import type { DeploymentPlan, PlannedVariant } from './endpoint.ts';
import { loadModelServer, type ModelServers, noServer } from './model-server.ts';
import { isMultiModel, MultiModel } from './multi-model.ts';
import { unpackModel } from './unpack-model.ts';
import { VariantMeter } from './variant-meter.ts';

export interface LoaderServices {
  objects: ObjectStore;
  metrics: MetricStore;
  modelServers: ModelServers;
  /** Folder for the unpacked models: one folder a deployment, one in it a variant. */
  folder: string;
}

/** Makes deployments of plans: unpacks the models and starts what answers for them. */
export class DeploymentLoader {
  readonly #services: LoaderServices;
  readonly #log: (endpoint: string, variant: string, line: string) => void;

  constructor(services: LoaderServices, log: (endpoint: string, variant: string, line: string) => void) {
    this.#services = services;
    this.#log = log;
  }

  /** Throws away what is left of deployments other than the known ones. */
  async open(known: ReadonlySet<string | undefined>): Promise<void> {
    const { folder } = this.#services;
    await mkdir(folder, { recursive: true });
    const stale = (await readdir(folder)).filter((id) => !known.has(id));
    await Promise.all(stale.map((id) => this.discard(id)));
  }

  /** Models of multi-model variants are unpacked when they are asked for. */
  async unpack(plan: DeploymentPlan): Promise<void> {
    const models = [...plan.variants, ...(plan.shadows ?? [])].filter(({ container }) => !isMultiModel(container));
    await Promise.all(
      models.map(({ name, container }) => unpackModel(container, this.#folderOf(plan, name), this.#services.objects)),
    );
  }

  async load(endpoint: string, plan: DeploymentPlan): Promise<Deployment> {
    const load = (variant: PlannedVariant) => this.#loadVariant(endpoint, plan, variant);
    const [variants, shadows] = await Promise.all([
      Promise.all(plan.variants.map(load)),
      Promise.all((plan.shadows ?? []).map(load)),
    ]);
    return new Deployment(variants, plan, shadows);
  }

  discard(id: string): Promise<void> {
    return rm(join(this.#services.folder, id), { recursive: true, force: true });
  }

  async #loadVariant(endpoint: string, plan: DeploymentPlan, variant: PlannedVariant): Promise<Variant> {
    const { name, summary, container } = variant;
    const { modelServers, metrics, objects } = this.#services;
    const folder = this.#folderOf(plan, name);
    const log = (line: string) => this.#log(endpoint, name, line);
    const served = {
      name,
      weight: summary.CurrentWeight,
      instances: summary.CurrentInstanceCount ?? 1,
      meter: new VariantMeter(metrics, { EndpointName: endpoint, VariantName: name }),
    };
    const load = (from: string) => loadModelServer(container, from, modelServers, log);
    if (Object.keys(container).length === 0) {
      return { ...served, hostsComponents: true, server: { ...noServer, close: async () => undefined } };
    }
    if (isMultiModel(container)) {
      const multiModel = new MultiModel({ container, folder, objects, load });
      return { ...served, multiModel, server: { ...noServer, close: () => multiModel.close() } };
    }
    const server = await load(folder).catch((error: Error) => {
      throw new LoadFailure(name, error);
    });
    return { ...served, server };
  }

  #folderOf(plan: DeploymentPlan, variant: string): string {
    return join(this.#services.folder, plan.id, variant);
  }
}

/** A container that does not come up. SageMaker tells the endpoint's owner no more than this; the cause is in the endpoint's log. */
export class LoadFailure extends Error {
  readonly variant: string;
  readonly log: string;

  constructor(variant: string, cause: Error) {
    super(
      `The primary container for production variant ${variant} did not pass the ping health check. Please check CloudWatch logs for this endpoint.`,
    );
    this.variant = variant;
    this.log = cause.message;
  }
}
