import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { FastifyBaseLogger } from 'fastify';
import { epochSeconds } from '../clock.ts';
import type { MetricStore } from '../cloudwatch/metric-store.ts';
import { Deployment } from '../hosting/deployment.ts';
import { loadModelServer, type ModelServers } from '../hosting/model-server.ts';
import { type Alarms, Rollback, rollOut } from '../hosting/rollout.ts';
import { rolloutSchedule } from '../hosting/rollout-schedule.ts';
import { type Route, Traffic } from '../hosting/traffic.ts';
import { unpackModel } from '../hosting/unpack-model.ts';
import { VariantMeter } from '../hosting/variant-meter.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { Pace } from '../pace.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { Table } from '../store/table.ts';
import type { InferenceComponent } from './inference-component.ts';
import { rollingConfig } from './rolling-config.ts';

interface ComponentServices {
  components: Table<InferenceComponent>;
  objects: ObjectStore;
  logs: LogStore;
  metrics: MetricStore;
  alarms: Alarms;
  modelServers: ModelServers;
  pace: Pace;
  /** Folder for the unpacked models; emptied at the start. */
  folder: string;
  logger: FastifyBaseLogger;
}

/** Seconds of AWS between two values of those that nobody calls. */
const idleInterval = 20;

/** The inference components that are loaded. One process serves for all copies; without any the model is not loaded at all. */
export class ComponentFleet {
  readonly #services: ComponentServices;
  readonly #loaded = new Map<string, Traffic>();
  readonly #work = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  readonly #timer: NodeJS.Timeout;

  private constructor(services: ComponentServices) {
    this.#services = services;
    const tell = () => {
      for (const { main } of this.#loaded.values()) for (const { meter } of main.variants) meter.idle();
    };
    this.#timer = setInterval(tell, Math.max(20, services.pace.ms(idleInterval))).unref();
  }

  /** Resolves when all that were in service are so again, and those that were on the way have arrived. */
  static async open(services: ComponentServices): Promise<ComponentFleet> {
    const fleet = new ComponentFleet(services);
    await rm(services.folder, { recursive: true, force: true });
    for (const component of [...services.components.values()]) {
      if (component.InferenceComponentStatus === 'Deleting') await services.components.delete(keyOf(component));
      else if (component.InferenceComponentStatus !== 'Failed') fleet.#background(component.InferenceComponentName);
    }
    await Promise.all(fleet.#work.values());
    return fleet;
  }

  /** Where a component's requests go; undefined while it has no copies. */
  route(name: string): Route | undefined {
    return this.#loaded.get(name.toLowerCase())?.route(undefined);
  }

  /** Counts a call that no copy was there for. */
  refused({ InferenceComponentName }: InferenceComponent): void {
    const { metrics } = this.#services;
    const dimensions = { InferenceComponentName };
    metrics.add(metrics.series({ namespace: 'AWS/SageMaker', name: 'NoCapacityInvocationFailures', dimensions }), 1);
  }

  /** Stores a component as it is to be and brings it there in the background. */
  async bring(component: InferenceComponent): Promise<void> {
    await this.#services.components.set(keyOf(component), component);
    this.#background(component.InferenceComponentName);
  }

  /** Gives a component that is settled another number of copies. */
  async scale(name: string, copies: number): Promise<void> {
    const known = this.#services.components.get(name.toLowerCase());
    if (!known) return;
    const { FailureReason: _, ...component } = known;
    await this.bring({ ...component, desiredCopies: copies, InferenceComponentStatus: 'Updating' });
  }

  async delete(component: InferenceComponent): Promise<void> {
    const key = keyOf(component);
    await this.#services.components.set(key, { ...component, InferenceComponentStatus: 'Deleting' });
    const traffic = this.#loaded.get(key);
    this.#loaded.delete(key);
    const work = Promise.resolve(traffic?.main.retire())
      .then(() => this.#services.components.delete(key))
      .then(() => undefined);
    this.#track(key, work);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#closing.abort();
    await Promise.all(this.#work.values());
    await Promise.all([...this.#loaded.values()].map(({ main }) => main.retire()));
  }

  async #arrive(name: string): Promise<void> {
    const key = name.toLowerCase();
    const component = this.#services.components.get(key);
    if (!component || this.#closing.signal.aborted) return;
    const { desiredCopies, pending } = component;
    const traffic = this.#loaded.get(key);
    try {
      if (desiredCopies === 0) this.#loaded.delete(key);
      // An update that a restart broke off, or one of what has no copies, has nothing to be careful of.
      else if (!traffic) this.#loaded.set(key, new Traffic(await this.#load({ ...component, ...pending })));
      else if (pending) await this.#replace(component, traffic);
      for (const variant of this.#loaded.get(key)?.main.variants ?? []) variant.instances = desiredCopies;
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      const { message } = error as Error;
      this.#log(component, message);
      // What was loaded before goes on serving.
      const InferenceComponentStatus = error instanceof Rollback ? 'InService' : 'Failed';
      await this.#settle(key, { InferenceComponentStatus, FailureReason: message.slice(0, 1024) });
      return;
    }
    const { Specification, container } = pending ?? {};
    await this.#settle(key, {
      InferenceComponentStatus: 'InService',
      currentCopies: desiredCopies,
      ...(Specification && container && { Specification, container }),
    });
    if (traffic && !this.#loaded.has(key)) await traffic.main.retire();
  }

  /** Moves the traffic to the pending model, batch by batch where a policy says so. @throws Rollback when an alarm rang */
  async #replace(component: InferenceComponent, traffic: Traffic): Promise<void> {
    const { alarms, pace } = this.#services;
    const { pending, desiredCopies } = component;
    const { policy, since = epochSeconds() } = pending ?? {};
    const previous = traffic.main;
    const next = await this.#load({ ...component, ...pending });
    try {
      await rollOut({
        traffic,
        next,
        schedule: rolloutSchedule(policy && rollingConfig(policy), desiredCopies),
        progress: { since, stage: 'Creating', step: -1, stepSince: since, share: 0 },
        alarms,
        pace,
        signal: this.#closing.signal,
        save: async () => undefined,
      });
    } catch (error) {
      if (traffic.main !== next) traffic.settle(previous);
      else if (!this.#closing.signal.aborted) traffic.settle(await this.#load(component));
      if (traffic.main !== next) await next.retire();
      throw error;
    }
    const retired = traffic.main === next;
    traffic.settle(next);
    if (!retired) await previous.retire();
  }

  async #load(component: InferenceComponent): Promise<Deployment> {
    const { objects, modelServers, metrics } = this.#services;
    const folder = join(this.#services.folder, randomUUID());
    const { container, VariantName, InferenceComponentName, desiredCopies } = component;
    await unpackModel(container, folder, objects);
    const server = await loadModelServer(container, folder, modelServers, (line) => this.#log(component, line));
    const meter = new VariantMeter(metrics, { InferenceComponentName }, 'InvocationsPerCopy');
    return new Deployment([{ name: VariantName, weight: 1, instances: desiredCopies, server, meter }]);
  }

  /** Nothing is pending any more. */
  #settle(key: string, change: Partial<InferenceComponent>): Promise<void> {
    const component = this.#services.components.get(key);
    if (!component || component.InferenceComponentStatus === 'Deleting') return Promise.resolve();
    const { pending: _, ...rest } = component;
    // Back in service after a restart: nothing was modified.
    if (isDeepStrictEqual({ ...rest, ...change }, component)) return Promise.resolve();
    return this.#services.components.set(key, { ...rest, ...change, LastModifiedTime: epochSeconds() });
  }

  #log({ InferenceComponentName, VariantName }: InferenceComponent, line: string): void {
    const group = `/aws/sagemaker/InferenceComponents/${InferenceComponentName}`;
    this.#services.logs.append(group, `${VariantName}/i-00000000000000000`, [line]);
  }

  #background(name: string): void {
    this.#track(name.toLowerCase(), this.#arrive(name));
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
