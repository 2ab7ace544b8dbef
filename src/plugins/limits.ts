import type { FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { Counter, Gauge } from 'prom-client';
import type { Config } from '../config/schema.ts';
import { GatewayError } from '../errors.ts';
import { type Balance, type Ledger, type Limit, sizeOf, type Taken } from '../limits/limit.ts';
import { LocalLedger } from '../limits/local-ledger.ts';
import { PlanBook, type Terms } from '../limits/plan-book.ts';
import type { SharedLedger } from '../limits/shared-ledger.ts';

/** Usage plans as they hold now. */
export interface LimitsInForce {
  readonly book: PlanBook;
  readonly ledger: Ledger;
  /** Who counts: Redis for all replicas, each replica for itself because there is no Redis, or because it is away. */
  state(): 'redis' | 'memory' | 'redis away';
}

declare module 'fastify' {
  interface FastifyInstance {
    limits: LimitsInForce;
    /** Takes the plans of another configuration, for new requests; counters go on. */
    configureLimits(config: Config): void;
  }
  interface FastifyContextConfig {
    /** Its requests are not counted. */
    unmetered?: true;
  }
}

const seconds = (ms: number): number => Math.ceil(ms / 1000);

/** The header RateLimit of draft-ietf-httpapi-ratelimit-headers. */
function remainderOf(limits: readonly Limit[], balances: readonly Balance[]): string {
  let text = '';
  for (const [i, { remaining, resetMs }] of balances.entries()) {
    text += `${i === 0 ? '' : ', '}"${limits[i]?.name}";r=${remaining};t=${seconds(resetMs)}`;
  }
  return text;
}

function refusal(limit: Limit, waitMs: number): GatewayError {
  const facts = { limit: limit.name, retryAfter: Math.max(seconds(waitMs), 1) };
  return limit.kind === 'rate'
    ? new GatewayError(
        'rate_limited',
        `The limit "${limit.name}" is reached: ${limit.perSecond} requests a second, ${limit.burst} at once.`,
        facts,
      )
    : new GatewayError(
        'quota_exceeded',
        `The limit "${limit.name}" is used up: ${sizeOf(limit)} requests a ${limit.period}.`,
        facts,
      );
}

/** @throws GatewayError rate_limited, quota_exceeded */
function settle(reply: FastifyReply, { limits, policy }: Terms, { refusedBy, waitMs, balances }: Taken): void {
  reply.header('ratelimit-policy', policy).header('ratelimit', remainderOf(limits, balances));
  const broken = limits[refusedBy];
  if (broken !== undefined) throw refusal(broken, waitMs);
}

/** Holds each client to its plan, in one step for all limits of a request. */
export default fp<{ readonly config: Config }>(
  async (app, { config }) => {
    const { redisUrl, onRedisLoss } = config.limits;
    let shared: SharedLedger | undefined;
    if (redisUrl) {
      // Its client is for those who have one: loading it is felt in the start.
      const { SharedLedger } = await import('../limits/shared-ledger.ts');
      shared = new SharedLedger({ redisUrl, onLoss: onRedisLoss, log: app.log });
    }
    app.addHook('onClose', async () => shared?.close());
    const ledger = shared ?? new LocalLedger();
    const inForce: LimitsInForce & { book: PlanBook } = {
      book: new PlanBook(config),
      ledger,
      state: () => (shared === undefined ? 'memory' : shared.shared ? 'redis' : 'redis away'),
    };
    app.decorate('limits', inForce);
    app.decorate('configureLimits', (changed: Config) => {
      inForce.book = new PlanBook(changed);
    });

    const registers = [app.metricsRegistry];
    const refused = new Counter({
      name: 'gateway_limited_total',
      help: 'Requests refused by a limit of a usage plan',
      labelNames: ['limit'],
      registers,
    });
    if (shared) {
      app.watchDependency('redis', {
        needed: false,
        ttlMs: 1_000,
        probe: async () => {
          if (!shared.shared) throw new Error('Redis is away');
        },
      });
      new Gauge({
        name: 'gateway_limits_redis_up',
        help: '1 while limits are counted in Redis, 0 while Redis is away',
        registers,
        collect() {
          this.set(shared.shared ? 1 : 0);
        },
      });
    }

    function termsFor(request: FastifyRequest): Terms | undefined {
      const { route } = request;
      if (route.scope === undefined || route.unmetered) return undefined;
      const { book } = inForce;
      const params = (request.params ?? {}) as { model?: string; endpoint?: string };
      return book.termsFor(request.client, request.method === 'GET' ? undefined : book.modelOf(route.url, params));
    }

    function charge(request: FastifyRequest, reply: FastifyReply): void | Promise<void> {
      const terms = termsFor(request);
      if (terms === undefined) return;
      const taken = ledger.take(terms.limits);
      return taken instanceof Promise ? taken.then((late) => settle(reply, terms, late)) : settle(reply, terms, taken);
    }

    function chargeThen(request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void {
      const settled = (error?: unknown): void => {
        if (error instanceof GatewayError && error.facts.limit !== undefined) refused.inc({ limit: error.facts.limit });
        done(error as Error | undefined);
      };
      try {
        const charged = charge(request, reply);
        if (charged === undefined) settled();
        else charged.then(() => settled(), settled);
      } catch (error) {
        settled(error);
      }
    }

    // Whose a signed request is, its body tells.
    app.addHook('onRequest', (request, reply, done) => {
      if (request.signature === undefined) chargeThen(request, reply, done);
      else done();
    });
    app.addHook('preParsing', (request, reply, payload, done) => {
      if (request.signature === undefined) done(null, payload);
      else chargeThen(request, reply, (error) => done(error ?? null, payload));
    });
  },
  { name: 'limits', dependencies: ['auth', 'metrics', 'health'] },
);
