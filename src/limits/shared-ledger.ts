import type { FastifyBaseLogger } from 'fastify';
import { GatewayError } from '../errors.ts';
import type { Balance, Ledger, Limit, Taken } from './limit.ts';
import { LocalLedger } from './local-ledger.ts';
import { RedisLedger } from './redis-ledger.ts';

/** After a command that failed on a living connection Redis is left alone for so long, ms. */
const restMs = 1_000;

export interface SharedLedgerOptions {
  readonly redisUrl: string;
  /** Without Redis: count here, or refuse. */
  readonly onLoss: 'open' | 'closed';
  readonly log: FastifyBaseLogger;
}

/** Counts in Redis, and while Redis is away as its operator has chosen. Back again, Redis hears what quotas lost meanwhile. */
export class SharedLedger implements Ledger {
  readonly #options: SharedLedgerOptions;
  readonly #redis: RedisLedger;
  #local = new LocalLedger();
  #state: 'unknown' | 'shared' | 'lost' = 'unknown';
  #restUntil = 0;
  #closed = false;

  constructor(options: SharedLedgerOptions) {
    this.#options = options;
    this.#redis = new RedisLedger(options.redisUrl, {
      ready: () => {
        this.#restUntil = 0;
        this.#redis.check().then(
          () => this.#found(),
          (error: unknown) => this.#failed(error),
        );
      },
      lost: (reason) => this.#lose(reason),
    });
  }

  /** Whether all replicas count together now. */
  get shared(): boolean {
    return this.#state === 'shared';
  }

  #found(): void {
    if (this.#state === 'shared') return;
    const uses = this.#local.quotaUse();
    this.#local = new LocalLedger();
    this.#state = 'shared';
    this.#options.log.info('limits are counted in Redis');
    this.#redis.add(uses).catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'what was taken from quotas while Redis was away is not counted');
    });
  }

  #lose(reason: unknown): void {
    if (this.#closed || this.#state === 'lost') return;
    this.#state = 'lost';
    const { log, onLoss } = this.#options;
    const then = onLoss === 'open' ? 'this replica counts for itself' : 'clients with limits are refused';
    log.warn({ err: reason }, `Redis is away: ${then}`);
  }

  #failed(error: unknown): void {
    this.#restUntil = Date.now() + restMs;
    this.#lose(error);
  }

  /** Asks Redis where it can be asked, and else whom the operator chose. @throws GatewayError limits_unavailable */
  #ask<T>(question: (ledger: Ledger) => T | Promise<T>): T | Promise<T> {
    if (!this.#redis.connected || Date.now() < this.#restUntil) return this.#askElsewhere(question);
    return Promise.resolve(question(this.#redis)).then(
      (answer) => {
        this.#found();
        return answer;
      },
      (error: unknown) => {
        this.#failed(error);
        return this.#askElsewhere(question);
      },
    );
  }

  #askElsewhere<T>(question: (ledger: Ledger) => T | Promise<T>): T | Promise<T> {
    if (this.#options.onLoss === 'open') return question(this.#local);
    throw new GatewayError('limits_unavailable', 'The limits of the client cannot be checked now.', { retryAfter: 1 });
  }

  take(limits: readonly Limit[]): Taken | Promise<Taken> {
    return this.#ask((ledger) => ledger.take(limits));
  }

  balances(limits: readonly Limit[]): readonly Balance[] | Promise<readonly Balance[]> {
    return this.#ask((ledger) => ledger.balances(limits));
  }

  close(): void {
    this.#closed = true;
    this.#redis.close();
  }
}
