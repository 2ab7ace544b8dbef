import { GatewayError } from '../errors.ts';
import type { Send } from './call.ts';
import type { BreakerState } from './events.ts';

export interface BreakerPolicy {
  /** Share of failures, percent, from which on the endpoint is left alone. */
  readonly failurePercent: number;
  /** For how long, ms; then one request tries it. */
  readonly openMs: number;
}

/** The time over which failures are counted, s, and the least calls in it for their share to mean something. */
const span = 10;
const fewest = 20;

/** How many calls of the last seconds there were, and how many of them failed. */
class Recent {
  readonly #calls = new Uint32Array(span);
  readonly #failures = new Uint32Array(span);
  #second = 0;

  add(failed: boolean, now: number): void {
    const second = Math.floor(now / 1_000);
    if (second - this.#second >= span) this.clear();
    else for (let past = this.#second + 1; past <= second; past += 1) this.#set(past % span, 0, 0);
    this.#second = second;
    const place = second % span;
    this.#set(place, (this.#calls[place] ?? 0) + 1, (this.#failures[place] ?? 0) + (failed ? 1 : 0));
  }

  #set(place: number, calls: number, failures: number): void {
    this.#calls[place] = calls;
    this.#failures[place] = failures;
  }

  clear(): void {
    this.#calls.fill(0);
    this.#failures.fill(0);
  }

  /** Undefined for too few calls. */
  get failurePercent(): number | undefined {
    const calls = this.#calls.reduce((sum, count) => sum + count, 0);
    return calls < fewest ? undefined : (this.#failures.reduce((sum, count) => sum + count, 0) / calls) * 100;
  }
}

/**
 * Failures of the endpoint itself. A model's refusal of some rows, or throttling, says nothing of its health, nor does the end of the gateway, nor a
 * caller who gave it less than half of its time: else anybody could break the circuit for all.
 */
const isEndpointFailure = (error: unknown, hadMs: number, timeoutMs: number): boolean =>
  error instanceof GatewayError &&
  error.facts.stopping !== true &&
  (error.code === 'upstream_unavailable' || (error.code === 'upstream_timeout' && hadMs >= timeoutMs / 2));

/**
 * A circuit breaker for one endpoint: while most calls fail it answers 503 at once and gives the endpoint time to recover. Own code, since the
 * libraries (cockatiel, opossum) put five promises and more around every call, where one will do.
 */
export function breaking(
  { failurePercent, openMs, timeoutMs }: BreakerPolicy & { readonly timeoutMs: number },
  next: Send,
  watch?: (state: () => BreakerState) => void,
): Send {
  const recent = new Recent();
  let openedAt: number | undefined;
  let trying = false;
  const state = (): BreakerState => {
    if (openedAt === undefined) return 'closed';
    return performance.now() - openedAt >= openMs ? 'half-open' : 'open';
  };
  watch?.(state);

  function settled(failed: boolean, isTry: boolean): void {
    const now = performance.now();
    if (isTry) {
      trying = false;
      openedAt = failed ? now : undefined;
      recent.clear();
    } else if (openedAt === undefined) {
      recent.add(failed, now);
      if (failed && (recent.failurePercent ?? 0) >= failurePercent) openedAt = now;
    }
  }

  return (call) => {
    const isTry = openedAt !== undefined;
    if (isTry) {
      if (trying || state() === 'open') return Promise.reject(leftAlone(openMs));
      trying = true;
    }
    const sent = performance.now();
    return next(call).then(
      (answer) => {
        settled(false, isTry);
        return answer;
      },
      (error) => {
        settled(isEndpointFailure(error, performance.now() - sent, timeoutMs), isTry);
        throw error;
      },
    );
  };
}

const leftAlone = (openMs: number): GatewayError =>
  new GatewayError(
    'upstream_unavailable',
    'The endpoint failed for most of the last requests and is left alone for a while.',
    { retryAfter: Math.ceil(openMs / 1_000) },
  );
