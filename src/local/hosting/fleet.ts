import type { FastifyBaseLogger } from 'fastify';
import type { DeploymentConfig, DesiredWeightAndCapacity, Tag } from '../api/sagemaker.ts';
import { Background } from '../background.ts';
import { epochSeconds } from '../clock.ts';
import type { LogStore } from '../logs/log-store.ts';
import type { Pace } from '../pace.ts';
import type { Table } from '../store/table.ts';
import type { Deployment } from './deployment.ts';
import { DeploymentLoader, type LoaderServices, LoadFailure } from './deployment-loader.ts';
import { instanceCount, planDeployment, type Retained } from './deployment-plan.ts';
import type { DeploymentPlan, Endpoint, PendingDeployment } from './endpoint.ts';
import type { EndpointConfig } from './endpoint-config.ts';
import type { Model } from './model.ts';
import { type Alarms, rollOut } from './rollout.ts';
import { rolloutSchedule } from './rollout-schedule.ts';
import { Traffic } from './traffic.ts';
import { reached, withDesired } from './weights-and-capacities.ts';

export const endpointLogGroup = (name: string) => `/aws/sagemaker/Endpoints/${name}`;

export interface FleetServices extends LoaderServices {
  endpoints: Table<Endpoint>;
  models: Table<Model>;
  logs: LogStore;
  alarms: Alarms;
  pace: Pace;
  logger: FastifyBaseLogger;
}

/** The endpoints that serve. A deployment is loaded beside the one in service and takes its place step by step, or not at all. */
export class Fleet {
  readonly #services: FleetServices;
  readonly #loader: DeploymentLoader;
  readonly #traffic = new Map<string, Traffic>();
  readonly #work: Background;
  readonly #closing = new AbortController();

  private constructor(services: FleetServices) {
    this.#services = services;
    this.#work = new Background(services.logger);
    this.#loader = new DeploymentLoader(services, (endpoint, variant, line) => this.#log(endpoint, variant, line));
  }

  /** Resolves when everything that was in service is so again. What was being created or updated goes on in the background. */
  static async open(services: FleetServices): Promise<Fleet> {
    const fleet = new Fleet(services);
    const endpoints = [...services.endpoints.values()];
    await fleet.#loader.open(new Set(endpoints.map(({ serving }) => serving?.id)));
    await Promise.all(endpoints.map((endpoint) => fleet.#restore(endpoint)));
    return fleet;
  }

  /** What answers for an endpoint; names are matched exactly, as InvokeEndpoint does. */
  find(name: string): Traffic | undefined {
    return this.#traffic.get(name);
  }

  async create(request: {
    name: string;
    arn: string;
    config: EndpointConfig;
    tags?: readonly Tag[];
    deploymentConfig?: DeploymentConfig;
  }): Promise<void> {
    const pending = begin(planDeployment(request.config, this.#services.models), undefined);
    const endpoint: Endpoint = {
      EndpointName: request.name,
      EndpointArn: request.arn,
      EndpointStatus: 'Creating',
      CreationTime: pending.progress.since,
      LastModifiedTime: pending.progress.since,
      ...(request.tags && { Tags: request.tags }),
      ...(request.deploymentConfig && { LastDeploymentConfig: request.deploymentConfig }),
      pending,
      configName: pending.configName,
    };
    await this.#services.endpoints.set(request.name.toLowerCase(), endpoint);
    this.#work.add(this.#deploy(request.name, pending));
  }

  async update(
    { EndpointName }: Endpoint,
    config: EndpointConfig,
    policy: DeploymentConfig | undefined,
    retained: Retained | undefined,
  ): Promise<void> {
    const pending = begin(planDeployment(config, this.#services.models, retained), policy);
    await this.#change(EndpointName, ({ FailureReason: _, ...current }) => ({
      ...current,
      EndpointStatus: 'Updating',
      pending,
      ...(policy && { LastDeploymentConfig: policy }),
    }));
    this.#work.add(this.#deploy(EndpointName, pending));
  }

  /** Sets weights and capacities of what serves. */
  async reweigh(name: string, changes: readonly DesiredWeightAndCapacity[]): Promise<void> {
    await this.#change(name, ({ serving, ...current }) => ({
      ...current,
      EndpointStatus: 'Updating',
      ...(serving && { serving: withDesired(serving, changes) }),
    }));
    this.#work.add(this.#reach(name));
  }

  async delete({ EndpointName }: Endpoint): Promise<void> {
    const traffic = this.#traffic.get(EndpointName);
    this.#traffic.delete(EndpointName);
    await this.#change(EndpointName, (current) => ({ ...current, EndpointStatus: 'Deleting' }));
    this.#work.add(
      (async () => {
        await traffic?.main.retire();
        await this.#forget(EndpointName);
      })(),
    );
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#work.ended();
    await Promise.all([...this.#traffic.values()].map(({ main }) => main.retire()));
  }

  async #restore(endpoint: Endpoint): Promise<void> {
    const { EndpointName, EndpointStatus, serving, pending } = endpoint;
    if (EndpointStatus === 'Deleting') return this.#forget(EndpointName);
    if (serving) {
      try {
        this.#traffic.set(EndpointName, new Traffic(await this.#loader.load(EndpointName, serving)));
      } catch (error) {
        await this.#settle(EndpointName, 'Failed', this.#reasonOf(EndpointName, error as Error));
      }
    }
    if (pending && EndpointStatus === 'RollingBack') await this.#settle(EndpointName, 'InService');
    else if (!pending && EndpointStatus === 'Updating') await this.#reach(EndpointName);
    else if (pending) this.#work.add(this.#deploy(EndpointName, pending));
  }

  async #reach(name: string): Promise<void> {
    const serving = this.#services.endpoints.get(name.toLowerCase())?.serving;
    // Before anybody can read that it is InService.
    if (serving) this.#traffic.get(name)?.main.adjust(reached(serving));
    await this.#change(name, ({ serving, ...current }) => ({
      ...current,
      EndpointStatus: 'InService',
      ...(serving && { serving: reached(serving) }),
    }));
  }

  async #deploy(name: string, pending: PendingDeployment): Promise<void> {
    let next: Deployment;
    try {
      await this.#loader.unpack(pending);
      next = await this.#loader.load(name, pending);
    } catch (error) {
      await this.#loader.discard(pending.id);
      if (this.#closed) return;
      const reason = this.#reasonOf(name, error as Error);
      if (!this.#traffic.has(name)) return this.#settle(name, 'Failed', reason);
      await this.#change(name, (current) => ({ ...current, EndpointStatus: 'RollingBack', FailureReason: reason }));
      return this.#settle(name, 'InService', reason);
    }
    const traffic = this.#traffic.get(name);
    if (traffic) return this.#replace(name, traffic, next, pending);
    this.#traffic.set(name, new Traffic(next));
    await this.#adopt(name, pending);
  }

  /** Brings a loaded deployment into the traffic of an endpoint that serves, and takes away the one that did, or the other way round. */
  async #replace(name: string, traffic: Traffic, next: Deployment, pending: PendingDeployment): Promise<void> {
    const { alarms, pace, endpoints } = this.#services;
    const previous = traffic.main;
    const previousPlan = endpoints.get(name.toLowerCase())?.serving;
    try {
      await rollOut({
        traffic,
        next,
        schedule: rolloutSchedule(pending.policy, instanceCount(pending)),
        progress: pending.progress,
        alarms,
        pace,
        signal: this.#closing.signal,
        save: (progress) => this.#change(name, (current) => ({ ...current, pending: { ...pending, progress } })),
      });
    } catch (error) {
      if (!this.#closed)
        return this.#rollBack(name, traffic, { previous, previousPlan, next, pending }, error as Error);
      if (traffic.main !== next) await next.retire();
      return;
    }
    const retired = traffic.main === next;
    traffic.settle(next);
    await this.#adopt(name, pending);
    if (!retired) await previous.retire();
    if (previousPlan) await this.#loader.discard(previousPlan.id);
  }

  /** After a rolling update has taken the old fleet away, it has to be started anew, and may fail to. */
  async #rollBack(
    name: string,
    traffic: Traffic,
    fleets: {
      previous: Deployment;
      previousPlan: DeploymentPlan | undefined;
      next: Deployment;
      pending: PendingDeployment;
    },
    { message }: Error,
  ): Promise<void> {
    const { previous, previousPlan, next, pending } = fleets;
    await this.#change(name, (current) => ({ ...current, EndpointStatus: 'RollingBack', FailureReason: message }));
    if (traffic.main === next && previousPlan) {
      try {
        traffic.settle(await this.#loader.load(name, previousPlan));
      } catch (error) {
        const reason = `${message} The rollback failed: ${this.#reasonOf(name, error as Error)}`;
        await this.#adopt(name, pending, { EndpointStatus: 'UpdateRollbackFailed', FailureReason: reason });
        await this.#loader.discard(previousPlan.id);
        return;
      }
    } else {
      traffic.settle(previous);
    }
    await next.retire();
    await this.#settle(name, 'InService', message);
    await this.#loader.discard(pending.id);
  }

  /** The pending deployment is the one that serves now. */
  #adopt(
    name: string,
    { policy: _, progress: __, ...plan }: PendingDeployment,
    state: Pick<Endpoint, 'EndpointStatus' | 'FailureReason'> = { EndpointStatus: 'InService' },
  ): Promise<void> {
    return this.#change(name, ({ pending: _, FailureReason: __, ...current }) => ({
      ...current,
      ...state,
      serving: plan,
      configName: plan.configName,
    }));
  }

  /** Nothing is pending any more, and what served does so as before, if anything did. */
  #settle(name: string, EndpointStatus: string, reason?: string): Promise<void> {
    return this.#change(name, ({ pending: _, ...current }) => ({
      ...current,
      EndpointStatus,
      ...(reason !== undefined && { FailureReason: reason.slice(0, 1024) }),
    }));
  }

  /** Words for FailureReason; what a container said goes to the endpoint's log. */
  #reasonOf(name: string, error: Error): string {
    if (error instanceof LoadFailure) this.#log(name, error.variant, error.log);
    return error.message;
  }

  #log(endpoint: string, variant: string, line: string): void {
    this.#services.logs.append(endpointLogGroup(endpoint), `${variant}/i-00000000000000000`, [line]);
  }

  #change(name: string, change: (endpoint: Endpoint) => Endpoint): Promise<void> {
    const endpoint = this.#services.endpoints.existing(name.toLowerCase());
    return this.#services.endpoints.set(name.toLowerCase(), { ...change(endpoint), LastModifiedTime: epochSeconds() });
  }

  async #forget(name: string): Promise<void> {
    const plan = this.#services.endpoints.get(name.toLowerCase())?.serving;
    await this.#services.endpoints.delete(name.toLowerCase());
    if (plan) await this.#loader.discard(plan.id);
  }

  get #closed(): boolean {
    return this.#closing.signal.aborted;
  }
}

function begin(plan: DeploymentPlan, policy: DeploymentConfig | undefined): PendingDeployment {
  const now = epochSeconds();
  const progress = { since: now, stage: 'Creating' as const, step: -1, stepSince: now, share: 0 };
  return { ...plan, ...(policy && { policy }), progress };
}
