import { LruMap } from 'toad-cache';
import type { Client } from '../auth/client.ts';
import type { Config } from '../config/schema.ts';
import { type Limit, limitsOf, sizeOf } from './limit.ts';
import { windowOf } from './period.ts';

/** The limits of one kind of request of one client. */
export interface Terms {
  readonly limits: readonly Limit[];
  /** The header RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers): each limit's requests and window in seconds. */
  readonly policy: string;
}

type PlansConfig = Pick<Config, 'plans' | 'limits' | 'models' | 'defaultModel'>;

const policyOf = (limit: Limit): string => {
  const { start, end } = limit.kind === 'quota' ? windowOf(limit.period, Date.now()) : { start: 0, end: 0 };
  const seconds = limit.kind === 'rate' ? Math.ceil(limit.burst / limit.perSecond) : (end - start) / 1000;
  return `"${limit.name}";q=${sizeOf(limit)};w=${seconds}`;
};

const termsOf = (limits: readonly Limit[]): Terms => ({ limits, policy: limits.map(policyOf).join(', ') });

/** What each client may use, from the plans of the configuration. */
export class PlanBook {
  readonly #config: PlansConfig;
  readonly #terms = new LruMap<Terms>(10_000);
  readonly #modelsOfEndpoint: ReadonlyMap<string, string>;
  readonly #seen = new LruMap<Client>(10_000);

  constructor(config: PlansConfig) {
    this.#config = config;
    this.#modelsOfEndpoint = new Map(Object.entries(config.models).map(([name, { endpoint }]) => [endpoint, name]));
  }

  /** The model that a request of a route is for, as its limits know it: by its public name, or by its endpoint on SageMaker's own routes. */
  modelOf(
    url: string | undefined,
    params: { readonly model?: string; readonly endpoint?: string },
  ): string | undefined {
    if (params.model !== undefined) return params.model;
    if (params.endpoint !== undefined) return this.#modelsOfEndpoint.get(params.endpoint) ?? params.endpoint;
    return url === '/predict' ? this.#config.defaultModel : undefined;
  }

  /** What a client's request is held to; undefined when it is not. */
  termsFor(client: Client | undefined, model: string | undefined): Terms | undefined {
    const { plans, limits } = this.#config;
    const plan = client?.plan === undefined ? undefined : plans[client.plan];
    const ofAll = model !== undefined && Object.hasOwn(limits.models, model) ? limits.models[model] : undefined;
    if (plan === undefined && ofAll === undefined) return undefined;

    const ofPlan = model !== undefined && plan && Object.hasOwn(plan.models, model) ? plan.models[model] : undefined;
    const own = ofAll === undefined && ofPlan === undefined ? '' : model;
    const name = `${client?.name ?? ''}\n${own}`;
    let terms = this.#terms.get(name);
    if (terms === undefined) {
      const holder = `client:${client?.name}`;
      terms = termsOf([
        ...(plan ? limitsOf(plan, holder) : []),
        ...(ofPlan ? limitsOf(ofPlan, `${holder}:${model}`, `${model}-`) : []),
        ...(ofAll ? limitsOf(ofAll, `model:${model}`, `all-${model}-`) : []),
      ]);
      this.#terms.set(name, terms);
      if (client) this.#seen.set(client.name, client);
    }
    return terms.limits.length === 0 ? undefined : terms;
  }

  /** All limits of a client's plan, those for single models among them. */
  limitsOf({ name, plan: planName }: Client): Limit[] {
    const plan = planName === undefined ? undefined : this.#config.plans[planName];
    if (plan === undefined) return [];
    return [
      ...limitsOf(plan, `client:${name}`),
      ...Object.entries(plan.models).flatMap(([model, allowance]) =>
        limitsOf(allowance, `client:${name}:${model}`, `${model}-`),
      ),
    ];
  }

  /** Clients that no configuration names one by one, such as those of an issuer of tokens, as far as they have called here. */
  seen(): Client[] {
    return [...(this.#seen.keys() as Iterable<string>)].flatMap((name) => this.#seen.get(name) ?? []);
  }
}
