import type { FastifyBaseLogger } from 'fastify';
import type { Endpoint } from '../hosting/endpoint.ts';
import type { Fleet } from '../hosting/fleet.ts';
import type { ObjectStore } from '../s3/object-store.ts';
import type { Table } from '../store/table.ts';
import type { AsyncInvocation } from './async-invocation.ts';
import { runInvocation } from './run-invocation.ts';

interface QueueServices {
  invocations: Table<AsyncInvocation>;
  endpoints: Table<Endpoint>;
  fleet: Fleet;
  objects: ObjectStore;
  logger: FastifyBaseLogger;
}

/** Calls to one model at a time where the configuration names no number. */
const usualConcurrency = 4;
/** How often an endpoint that is not in service is looked at again, ms. */
const patience = 200;

/**
 * The invocations that wait, worked off in the order of their coming, so many at a time as the endpoint's configuration says. What is accepted
 * is on the disk and is begun again after a crash: an invocation can run twice, and its output is then replaced by an equal one.
 */
export class AsyncQueue {
  readonly #services: QueueServices;
  readonly #waiting = new Map<string, AsyncInvocation[]>();
  readonly #running = new Map<string, number>();
  readonly #work = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #retry: NodeJS.Timeout | undefined;

  constructor(services: QueueServices) {
    this.#services = services;
    for (const invocation of services.invocations.values()) this.#enqueue(invocation);
    for (const endpoint of this.#waiting.keys()) this.#pump(endpoint);
  }

  /** Accepted when it resolves: it will be worked off whatever happens to the process. */
  async accept(invocation: AsyncInvocation): Promise<void> {
    await this.#services.invocations.set(invocation.id, invocation);
    this.#enqueue(invocation);
    this.#pump(invocation.endpoint);
  }

  /** What is under way is broken off, and begins again at the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#retry);
    await Promise.all(this.#work);
  }

  #enqueue(invocation: AsyncInvocation): void {
    const waiting = this.#waiting.get(invocation.endpoint) ?? [];
    this.#waiting.set(invocation.endpoint, waiting);
    waiting.push(invocation);
  }

  #pump(endpoint: string): void {
    const waiting = this.#waiting.get(endpoint) ?? [];
    const traffic = this.#services.fleet.find(endpoint);
    const limit = traffic?.asyncConfig?.ClientConfig?.MaxConcurrentInvocationsPerInstance ?? usualConcurrency;
    while (waiting.length > 0 && !this.#closing.signal.aborted) {
      if (!traffic && this.#services.endpoints.get(endpoint.toLowerCase())) {
        this.#lookAgain();
        return;
      }
      const running = this.#running.get(endpoint) ?? 0;
      if (running >= limit) return;
      const next = waiting.shift();
      if (!next) return;
      this.#running.set(endpoint, running + 1);
      const work = this.#run(next)
        .catch((error: Error) => this.#services.logger.error(error))
        .finally(() => {
          this.#running.set(endpoint, (this.#running.get(endpoint) ?? 1) - 1);
          this.#work.delete(work);
          this.#pump(endpoint);
        });
      this.#work.add(work);
    }
  }

  /** An endpoint that is being created anew comes back; one that is deleted takes its queue with it. */
  #lookAgain(): void {
    this.#retry ??= setTimeout(() => {
      this.#retry = undefined;
      for (const endpoint of this.#waiting.keys()) this.#pump(endpoint);
    }, patience);
  }

  async #run(invocation: AsyncInvocation): Promise<void> {
    const { fleet, objects, invocations } = this.#services;
    const route = fleet.find(invocation.endpoint)?.route(undefined);
    if (route) {
      const release = route.deployment.hold();
      try {
        await runInvocation(invocation, route.variant, objects, this.#closing.signal);
      } finally {
        release();
      }
    }
    if (!this.#closing.signal.aborted) await invocations.delete(invocation.id);
  }
}
