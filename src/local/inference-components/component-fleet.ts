import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { FastifyBaseLogger } from 'fastify';
import { epochSeconds } from '../clock.ts';
import type { MetricStore } from '../cloudwatch/metric-store.ts';
import { Deployment } from '../hosting/deployment.ts';
import { loadModelServer, type ModelServers } from '../hosting/model-server.ts';
import type { Route } from '../hosting/traffic.ts';
import { unpackModel } from '../hosting/unpack-model.ts';
import { VariantMeter } from '../hosting/variant-meter.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { Table } from '../store/table.ts';
import type { InferenceComponent } from './inference-component.ts';

interface ComponentServices {
  components: Table<InferenceComponent>;
  objects: ObjectStore;
  logs: LogStore;
  metrics: MetricStore;
  modelServers: ModelServers;
  /** Folder for the unpacked models; emptied at the start. */
  folder: string;
  logger: FastifyBaseLogger;
}

/** The inference components that are loaded. One process serves for all copies; without any the model is not loaded at all. */
export class ComponentFleet {
  readonly #services: ComponentServices;
  readonly #loaded = new Map<string, Deployment>();
  readonly #work = new Map<string, Promise<void>>();

  private constructor(services: ComponentServices) {
    this.#services = services;
  }

  /** Resolves when all that were in service are so again, and those that were on the way have arrived. */
  static async open(services: ComponentServices): Promise<ComponentFleet> {
    const fleet = new ComponentFleet(services);
    await rm(services.folder, { recursive: true, force: true });
    for (const component of [...services.components.values()]) {
      if (component.InferenceComponentStatus === 'Deleting') await services.components.delete(keyOf(component));
      else if (component.InferenceComponentStatus !== 'Failed')
        fleet.#background(component.InferenceComponentName, true);
    }
    await Promise.all(fleet.#work.values());
    return fleet;
  }

  /** Where a component's requests go; undefined while it has no copies. */
  route(name: string): Route | undefined {
    const deployment = this.#loaded.get(name.toLowerCase());
    const variant = deployment?.pick(undefined);
    return deployment && variant && { deployment, variant };
  }

  /** Stores a component as it is to be and brings it there in the background: loaded anew if its specification has changed. */
  async bring(component: InferenceComponent, anew: boolean): Promise<void> {
    await this.#services.components.set(keyOf(component), component);
    this.#background(component.InferenceComponentName, anew);
  }

  async delete(component: InferenceComponent): Promise<void> {
    const key = keyOf(component);
    await this.#services.components.set(key, { ...component, InferenceComponentStatus: 'Deleting' });
    const deployment = this.#loaded.get(key);
    this.#loaded.delete(key);
    const work = Promise.resolve(deployment?.retire())
      .then(() => this.#services.components.delete(key))
      .then(() => undefined);
    this.#track(key, work);
  }

  async close(): Promise<void> {
    await Promise.all(this.#work.values());
    await Promise.all([...this.#loaded.values()].map((deployment) => deployment.retire()));
  }

  async #arrive(name: string, anew: boolean): Promise<void> {
    const key = name.toLowerCase();
    const component = this.#services.components.get(key);
    if (!component) return;
    const { desiredCopies } = component;
    const previous = this.#loaded.get(key);
    try {
      if (desiredCopies === 0) this.#loaded.delete(key);
      else if (anew || !previous) this.#loaded.set(key, await this.#load(component));
      else for (const variant of previous.variants) variant.instances = desiredCopies;
    } catch (error) {
      const { message } = error as Error;
      this.#log(component, message);
      // What was loaded before goes on serving.
      await this.#settle(key, { InferenceComponentStatus: 'Failed', FailureReason: message.slice(0, 1024) });
      return;
    }
    await this.#settle(key, { InferenceComponentStatus: 'InService', currentCopies: desiredCopies });
    if (previous && previous !== this.#loaded.get(key)) await previous.retire();
  }

  async #load(component: InferenceComponent): Promise<Deployment> {
    const { objects, modelServers, metrics } = this.#services;
    const folder = join(this.#services.folder, randomUUID());
    const { container, VariantName, InferenceComponentName, desiredCopies } = component;
    await unpackModel(container, folder, objects);
    const server = await loadModelServer(container, folder, modelServers, (line) => this.#log(component, line));
    const meter = new VariantMeter(metrics, { InferenceComponentName });
    return new Deployment([{ name: VariantName, weight: 1, instances: desiredCopies, server, meter }]);
  }

  #settle(key: string, change: Partial<InferenceComponent>): Promise<void> {
    const component = this.#services.components.get(key);
    if (!component || component.InferenceComponentStatus === 'Deleting') return Promise.resolve();
    // Back in service after a restart: nothing was modified.
    if (isDeepStrictEqual({ ...component, ...change }, component)) return Promise.resolve();
    return this.#services.components.set(key, { ...component, ...change, LastModifiedTime: epochSeconds() });
  }

  #log({ InferenceComponentName, VariantName }: InferenceComponent, line: string): void {
    const group = `/aws/sagemaker/InferenceComponents/${InferenceComponentName}`;
    this.#services.logs.append(group, `${VariantName}/i-00000000000000000`, [line]);
  }

  #background(name: string, anew: boolean): void {
    this.#track(name.toLowerCase(), this.#arrive(name, anew));
  }

  #track(key: string, work: Promise<void>): void {
    const tracked = work
      .catch((error: Error) => this.#services.logger.error(error))
      .finally(() => {
        if (this.#work.get(key) === tracked) this.#work.delete(key);
      });
    this.#work.set(key, tracked);
  }
}

const keyOf = ({ InferenceComponentName }: InferenceComponent) => InferenceComponentName.toLowerCase();
