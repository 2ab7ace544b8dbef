import { LruMap } from 'toad-cache';
import type { Balance, Ledger, Limit, Taken } from './limit.ts';
import { windowOf } from './period.ts';

/** Counters that are kept; the one that was not used for the longest time is forgotten. */
const capacity = 200_000;

/** A bucket is the time at which it will be full again (GCRA: one number in place of tokens and a date). */
interface Counter {
  fullAt: number;
  windowStart: number;
  used: number;
}

/** What was taken from a quota. */
export interface QuotaUse {
  readonly key: string;
  readonly windowStart: number;
  readonly windowEnd: number;
  readonly used: number;
}

/** Counts in memory. @fastify/rate-limit counts one fixed window for each request: neither buckets nor several limits taken as one. */
export class LocalLedger implements Ledger {
  readonly #counters = new LruMap<Counter>(capacity);
  readonly #quotas = new Map<string, Limit & { kind: 'quota' }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  #counter(key: string): Counter {
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      counter = { fullAt: 0, windowStart: 0, used: 0 };
      this.#counters.set(key, counter);
    }
    return counter;
  }

  /** The limit's balance after `cost` more requests; a negative one has not enough. */
  #after(limit: Limit, counter: Counter, now: number, cost: number): Balance {
    if (limit.kind === 'rate') {
      const interval = 1000 / limit.perSecond;
      const filling = Math.max(counter.fullAt - now, 0) + cost * interval;
      // Sums of intervals miss whole numbers by a little.
      return { remaining: Math.floor(limit.burst - filling / interval + 1e-6), resetMs: filling };
    }
    const { start, end } = windowOf(limit.period, now);
    const used = counter.windowStart === start ? counter.used : 0;
    return { remaining: limit.requests - used - cost, resetMs: end - now };
  }

  #waitFor(limit: Limit, { resetMs }: Balance): number {
    return limit.kind === 'rate' ? resetMs - (limit.burst * 1000) / limit.perSecond : resetMs;
  }

  take(limits: readonly Limit[]): Taken {
    const now = this.#now();
    const balances: Balance[] = [];
    let refusedBy = -1;
    let waitMs = 0;
    for (const [i, limit] of limits.entries()) {
      const balance = this.#after(limit, this.#counter(limit.key), now, 1);
      balances.push(balance);
      const wait = balance.remaining < 0 ? this.#waitFor(limit, balance) : 0;
      if (balance.remaining < 0 && (refusedBy === -1 || wait > waitMs)) {
        refusedBy = i;
        waitMs = wait;
      }
    }
    if (refusedBy !== -1) return { refusedBy, waitMs, balances: this.balances(limits) };
    for (const limit of limits) this.#add(limit, now);
    return { refusedBy, waitMs, balances };
  }

  #add(limit: Limit, now: number): void {
    const counter = this.#counter(limit.key);
    if (limit.kind === 'rate') {
      counter.fullAt = Math.max(counter.fullAt, now) + 1000 / limit.perSecond;
      return;
    }
    const { start } = windowOf(limit.period, now);
    counter.used = counter.windowStart === start ? counter.used + 1 : 1;
    counter.windowStart = start;
    this.#quotas.set(limit.key, limit);
  }

  balances(limits: readonly Limit[]): Balance[] {
    const now = this.#now();
    return limits.map((limit) => {
      const { remaining, resetMs } = this.#after(limit, this.#counter(limit.key), now, 0);
      return { remaining: Math.max(remaining, 0), resetMs };
    });
  }

  /** What the quotas of running periods have lost; for who counts on from here. */
  quotaUse(): QuotaUse[] {
    const now = this.#now();
    return [...this.#quotas.values()].flatMap(({ key, period }) => {
      const counter = this.#counters.get(key);
      const { start, end } = windowOf(period, now);
      return counter?.windowStart === start && counter.used > 0
        ? [{ key, windowStart: start, windowEnd: end, used: counter.used }]
        : [];
    });
  }
}
