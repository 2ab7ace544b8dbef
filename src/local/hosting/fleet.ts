import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyBaseLogger } from 'fastify';
import type { Tag } from '../api/sagemaker.ts';
import { epochSeconds } from '../clock.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { Table } from '../store/table.ts';
import { Deployment } from './deployment.ts';
import { planDeployment } from './deployment-plan.ts';
import type { DeploymentPlan, Endpoint } from './endpoint.ts';
import type { EndpointConfig } from './endpoint-config.ts';
import type { Model } from './model.ts';
import { loadModelServer, type ModelServers } from './model-server.ts';
import { unpackModel } from './unpack-model.ts';

export const endpointLogGroup = (name: string) => `/aws/sagemaker/Endpoints/${name}`;

export interface FleetServices {
  endpoints: Table<Endpoint>;
  models: Table<Model>;
  objects: ObjectStore;
  logs: LogStore;
  /** Folder for the unpacked models: one folder a deployment, one in it a variant. */
  folder: string;
  modelServers: ModelServers;
  logger: FastifyBaseLogger;
}

/** The endpoints that serve. A deployment is loaded beside the one in service and takes its place in one step, or not at all. */
export class Fleet {
  readonly #services: FleetServices;
  readonly #serving = new Map<string, Deployment>();
  readonly #work = new Set<Promise<void>>();
  #closed = false;

  private constructor(services: FleetServices) {
    this.#services = services;
  }

  /** Resolves when everything that was in service is so again. What was being created or updated starts over, in the background. */
  static async open(services: FleetServices): Promise<Fleet> {
    const fleet = new Fleet(services);
    await mkdir(services.folder, { recursive: true });
    const endpoints = [...services.endpoints.values()];
    const known = new Set(endpoints.map(({ serving }) => serving?.id));
    const stale = (await readdir(services.folder)).filter((id) => !known.has(id));
    await Promise.all(stale.map((id) => fleet.#discard(id)));
    await Promise.all(endpoints.map((endpoint) => fleet.#restore(endpoint)));
    return fleet;
  }

  /** What answers for an endpoint; names are matched exactly, as InvokeEndpoint does. */
  find(name: string): Deployment | undefined {
    return this.#serving.get(name);
  }

  async create(request: {
    name: string;
    arn: string;
    config: EndpointConfig;
    tags?: readonly Tag[];
    deploymentConfig?: object;
  }): Promise<void> {
    const now = epochSeconds();
    const plan = planDeployment(request.config, this.#services.models);
    const endpoint: Endpoint = {
      EndpointName: request.name,
      EndpointArn: request.arn,
      EndpointStatus: 'Creating',
      CreationTime: now,
      LastModifiedTime: now,
      ...(request.tags && { Tags: request.tags }),
      ...(request.deploymentConfig && { LastDeploymentConfig: request.deploymentConfig }),
      pending: { ...plan, since: now },
      configName: plan.configName,
    };
    await this.#services.endpoints.set(request.name.toLowerCase(), endpoint);
    this.#background(this.#deploy(request.name, plan));
  }

  async update(endpoint: Endpoint, config: EndpointConfig, deploymentConfig: object | undefined): Promise<void> {
    const plan = planDeployment(config, this.#services.models);
    await this.#change(endpoint.EndpointName, ({ FailureReason: _, ...current }) => ({
      ...current,
      EndpointStatus: 'Updating',
      pending: { ...plan, since: epochSeconds() },
      ...(deploymentConfig && { LastDeploymentConfig: deploymentConfig }),
    }));
    this.#background(this.#deploy(endpoint.EndpointName, plan));
  }

  async delete({ EndpointName }: Endpoint): Promise<void> {
    const deployment = this.#serving.get(EndpointName);
    this.#serving.delete(EndpointName);
    await this.#change(EndpointName, (current) => ({ ...current, EndpointStatus: 'Deleting' }));
    this.#background(
      (async () => {
        await deployment?.retire();
        await this.#forget(EndpointName);
      })(),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#work);
    await Promise.all([...this.#serving.values()].map((deployment) => deployment.retire()));
  }

  async #restore(endpoint: Endpoint): Promise<void> {
    const { EndpointName, EndpointStatus, serving, pending } = endpoint;
    if (EndpointStatus === 'Deleting') return this.#forget(EndpointName);
    if (serving) {
      try {
        this.#serving.set(EndpointName, await this.#load(EndpointName, serving));
      } catch (error) {
        await this.#failed(EndpointName, error as Error);
      }
    }
    if (pending) this.#background(this.#deploy(EndpointName, pending));
  }

  async #deploy(name: string, plan: DeploymentPlan): Promise<void> {
    let next: Deployment;
    try {
      await Promise.all(
        plan.variants.map((variant) =>
          unpackModel(variant.container, this.#modelFolder(plan, variant.name), this.#services.objects),
        ),
      );
      next = await this.#load(name, plan);
    } catch (error) {
      await this.#discard(plan.id);
      if (!this.#closed) await this.#failed(name, error as Error);
      return;
    }
    const previous = this.#serving.get(name);
    const previousPlan = this.#services.endpoints.get(name.toLowerCase())?.serving;
    this.#serving.set(name, next);
    await this.#change(name, ({ pending: _, FailureReason: __, ...current }) => ({
      ...current,
      EndpointStatus: 'InService',
      serving: plan,
      configName: plan.configName,
    }));
    await previous?.retire();
    if (previousPlan) await this.#discard(previousPlan.id);
  }

  async #load(endpoint: string, plan: DeploymentPlan): Promise<Deployment> {
    const variants = await Promise.all(
      plan.variants.map(async ({ name, weight, container }) => {
        const folder = this.#modelFolder(plan, name);
        const log = (line: string) => this.#log(endpoint, name, line);
        const server = await loadModelServer(container, folder, this.#services.modelServers, log).catch(
          (error: Error) => {
            throw new LoadFailure(name, error);
          },
        );
        return { name, weight, server };
      }),
    );
    return new Deployment(variants, plan.asyncConfig);
  }

  /** An endpoint that was in service stays so, on what it had. */
  async #failed(name: string, error: Error): Promise<void> {
    if (error instanceof LoadFailure) this.#log(name, error.variant, error.log);
    const falling = { FailureReason: error.message.slice(0, 1024) };
    const serves = this.#serving.has(name);
    if (serves) await this.#change(name, (current) => ({ ...current, ...falling, EndpointStatus: 'RollingBack' }));
    await this.#change(name, ({ pending: _, ...current }) => ({
      ...current,
      ...falling,
      EndpointStatus: serves ? 'InService' : 'Failed',
    }));
  }

  #log(endpoint: string, variant: string, line: string): void {
    this.#services.logs.append(endpointLogGroup(endpoint), `${variant}/i-00000000000000000`, [line]);
  }

  #change(name: string, change: (endpoint: Endpoint) => Endpoint): Promise<void> {
    const endpoint = this.#services.endpoints.get(name.toLowerCase());
    if (!endpoint) throw new Error(`Endpoint ${name} is gone`);
    return this.#services.endpoints.set(name.toLowerCase(), { ...change(endpoint), LastModifiedTime: epochSeconds() });
  }

  async #forget(name: string): Promise<void> {
    const plan = this.#services.endpoints.get(name.toLowerCase())?.serving;
    await this.#services.endpoints.delete(name.toLowerCase());
    if (plan) await this.#discard(plan.id);
  }

  #modelFolder(plan: DeploymentPlan, variant: string): string {
    return join(this.#services.folder, plan.id, variant);
  }

  #discard(id: string): Promise<void> {
    return rm(join(this.#services.folder, id), { recursive: true, force: true });
  }

  #background(work: Promise<void>): void {
    const tracked = work
      .catch((error: Error) => this.#services.logger.error(error))
      .finally(() => this.#work.delete(tracked));
    this.#work.add(tracked);
  }
}

/** A container that does not come up. SageMaker tells the endpoint's owner no more than this; the cause is in the endpoint's log. */
class LoadFailure extends Error {
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
