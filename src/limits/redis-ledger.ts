import { Redis } from 'ioredis';
import type { Balance, Ledger, Limit, Taken } from './limit.ts';
import type { QuotaUse } from './local-ledger.ts';
import { windowOf } from './period.ts';
import { takeScript } from './redis-script.ts';

/** An answer that took longer is none. Not less, since a busy gateway that hears late would take Redis for lost, and count for itself. */
const patienceMs = 1_000;

/** In braces, so that a cluster keeps all counters that one script names in one place. */
const prefix = '{sgw}:';

/** Adds what was counted elsewhere; keeps the time at which the counter ends. */
const addScript = `
for i, key in ipairs(KEYS) do
  redis.call('INCRBY', key, ARGV[i * 2 - 1])
  redis.call('PEXPIRE', key, ARGV[i * 2])
end
return 1
`;

/** Commands that are defined below, as ioredis adds them: EVALSHA, and EVAL where Redis does not know the script yet. */
interface Scripts {
  takeLimits(keys: number, ...keysAndArguments: (string | number)[]): Promise<number[]>;
  addQuotas(keys: number, ...keysAndArguments: (string | number)[]): Promise<number>;
}

const quotaKey = (key: string, windowStart: number): string => `${prefix}${key}:${windowStart / 1000}`;

function argumentsOf(limits: readonly Limit[], now: number, take: boolean): (string | number)[] {
  const keys: string[] = [];
  const values: (string | number)[] = [take ? 1 : 0];
  for (const limit of limits) {
    if (limit.kind === 'rate') {
      keys.push(prefix + limit.key);
      values.push('r', 1000 / limit.perSecond, limit.burst);
    } else {
      const { start, end } = windowOf(limit.period, now);
      keys.push(quotaKey(limit.key, start));
      values.push('q', limit.requests, end - now);
    }
  }
  return [...keys, ...values];
}

function balancesIn(answer: readonly number[]): Balance[] {
  const balances: Balance[] = [];
  for (let i = 2; i < answer.length; i += 2) {
    balances.push({ remaining: answer[i] ?? 0, resetMs: answer[i + 1] ?? 0 });
  }
  return balances;
}

/** Counts in Redis, for all replicas: one round trip a request, shared by the requests of one turn of the event loop. */
export class RedisLedger implements Ledger {
  readonly #redis: Redis;
  readonly #scripts: Scripts;

  /** @param changed is told when Redis becomes usable, and when it is lost with its reason */
  constructor(url: string, changed: { ready(): void; lost(reason: Error | undefined): void }) {
    this.#redis = new Redis(url, {
      commandTimeout: patienceMs,
      connectTimeout: 2_000,
      // A request does not wait for a connection: it is decided without Redis.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      enableAutoPipelining: true,
      retryStrategy: (attempt) => Math.min(100 * attempt, 1_000),
      scripts: { takeLimits: { lua: takeScript }, addQuotas: { lua: addScript } },
    });
    this.#scripts = this.#redis as unknown as Scripts;
    let reason: Error | undefined;
    this.#redis.on('ready', () => changed.ready());
    this.#redis.on('error', (error: Error) => {
      reason = error;
    });
    this.#redis.on('close', () => changed.lost(reason));
  }

  get connected(): boolean {
    return this.#redis.status === 'ready';
  }

  async take(limits: readonly Limit[]): Promise<Taken> {
    const answer = await this.#scripts.takeLimits(limits.length, ...argumentsOf(limits, Date.now(), true));
    return { refusedBy: (answer[0] ?? 0) - 1, waitMs: answer[1] ?? 0, balances: balancesIn(answer) };
  }

  async balances(limits: readonly Limit[]): Promise<Balance[]> {
    return balancesIn(await this.#scripts.takeLimits(limits.length, ...argumentsOf(limits, Date.now(), false)));
  }

  /** @throws when Redis does not answer */
  async check(): Promise<void> {
    await this.#redis.ping();
  }

  /** Counts what was taken while Redis was away. */
  async add(uses: readonly QuotaUse[]): Promise<void> {
    const keys = uses.map(({ key, windowStart }) => quotaKey(key, windowStart));
    const values = uses.flatMap(({ used, windowEnd }) => [used, windowEnd - Date.now() + 3_600_000]);
    if (keys.length > 0) await this.#scripts.addQuotas(keys.length, ...keys, ...values);
  }

  close(): void {
    this.#redis.disconnect();
  }
}
