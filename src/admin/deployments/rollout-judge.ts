import type { CallCounts, EndpointHealth } from '../../predict/endpoint-health.ts';
import type { RolloutWork } from './rollout-work.ts';
import { nextVariant } from './version.ts';

const share = ({ calls, bad }: CallCounts): number => (calls === 0 ? 0 : bad / calls);
/** Fewer are chance, whatever share of the calls they are. */
const fewestBad = 3;

interface Observed {
  /** What went wrong before any call reached the new version. */
  before: CallCounts;
  /** When this replica first saw that calls reach it, on the clock of performance.now(), ms. */
  since?: number;
}

/**
 * Says of a rollout, by the calls of this replica, whether the new version is worse than may be. While SageMaker shifts calls between variants
 * of one name nothing tells which version answered: what fails more than before is laid to the new one, over its share of the calls.
 */
export class RolloutJudge {
  readonly #health: EndpointHealth;
  readonly #observed = new Map<string, Observed>();

  constructor(health: EndpointHealth) {
    this.#health = health;
  }

  /** @returns why it must be taken back; undefined while there is no reason to */
  verdict(work: RolloutWork, { shifting }: { readonly shifting: boolean }): string | undefined {
    const { deployment, order } = work;
    const { maxErrorPercent, maxLatencyMs = Number.POSITIVE_INFINITY, minCalls } = order.rollback;
    this.#health.expect(deployment, { slowerThanMs: maxLatencyMs });
    const observed = this.#observe(work, shifting);
    if (observed?.since === undefined) return undefined;
    // A variant of its own is told apart where it answers. Its failures carry no name, so that the whole must be looked at here as well.
    const during = this.#health.since(deployment, observed.since);
    if (during.calls < minCalls || during.bad < fewestBad) return undefined;
    const excess = Math.max(0, share(during) - share(observed.before));
    const percent = Math.min(100, (100 * excess) / this.#shareOf(work, observed.since));
    if (percent <= maxErrorPercent) return undefined;
    const slow = Number.isFinite(maxLatencyMs) ? ` or took over ${maxLatencyMs} ms` : '';
    return `Of the last ${during.calls} calls through a replica of the gateway ${during.bad} failed${slow}; before, ${(100 * share(observed.before)).toFixed(1)} % did. That is about ${percent.toFixed(0)} % of those to the new version, where ${maxErrorPercent} % may be.`;
  }

  /** The share of the calls that the new version gets, at least. */
  #shareOf({ order, deployment }: RolloutWork, since: number): number {
    if (order.strategy === 'all-at-once') return 1;
    if (order.strategy !== 'split') return order.percent / 100;
    const all = this.#health.since(deployment, since).calls;
    const next = this.#health.since(deployment, since, nextVariant).calls;
    return Math.max(order.percent / 100, next / all);
  }

  #observe({ deployment, startedAt }: RolloutWork, shifting: boolean): Observed | undefined {
    const id = `${deployment}.${startedAt}`;
    const known = this.#observed.get(id);
    if (known?.since !== undefined) return known;
    const observed: Observed = known ?? { before: { calls: 0, bad: 0 } };
    if (shifting) observed.since = performance.now();
    else observed.before = this.#health.since(deployment, 0);
    this.#observed.set(id, observed);
    return observed;
  }

  forget({ deployment, startedAt }: RolloutWork): void {
    this.#observed.delete(`${deployment}.${startedAt}`);
  }
}
