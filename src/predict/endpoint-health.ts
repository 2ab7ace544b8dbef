import { GatewayError } from '../errors.ts';
import type { Invoker } from '../sagemaker/invoke.ts';

const seconds = 60;

/** Calls to a variant of an endpoint, and how many of them failed or were too slow. */
export interface CallCounts {
  readonly calls: number;
  readonly bad: number;
}

/** Counts by second, for the last minute. */
class Minute {
  readonly #calls = new Uint32Array(seconds);
  readonly #bad = new Uint32Array(seconds);
  #last = 0;

  add(second: number, bad: boolean): void {
    this.#advance(second);
    const at = second % seconds;
    this.#calls[at] = (this.#calls[at] ?? 0) + 1;
    if (bad) this.#bad[at] = (this.#bad[at] ?? 0) + 1;
  }

  since(from: number, now: number): CallCounts {
    this.#advance(now);
    let calls = 0;
    let bad = 0;
    for (let second = Math.max(from, now - seconds + 1); second <= now; second += 1) {
      calls += this.#calls[second % seconds] ?? 0;
      bad += this.#bad[second % seconds] ?? 0;
    }
    return { calls, bad };
  }

  /** Empties what is a minute old. */
  #advance(now: number): void {
    for (let second = Math.max(this.#last + 1, now - seconds + 1); second <= now; second += 1) {
      this.#calls[second % seconds] = 0;
      this.#bad[second % seconds] = 0;
    }
    this.#last = Math.max(this.#last, now);
  }
}

interface Watched {
  slowerThanMs: number;
  readonly all: Minute;
  readonly byVariant: Map<string, Minute>;
}

const now = (): number => Math.floor(performance.now() / 1_000);

/** A refusal that says nothing of the model: the account is throttled, or the gateway itself gave up. */
const innocent = new Set(['throttled', 'resource_limit_exceeded', 'aws_access_denied']);
const isBad = (error: unknown): boolean => !(error instanceof GatewayError && innocent.has(error.code));

/** How the calls of this replica to each endpoint went in the last minute. */
export class EndpointHealth {
  readonly #endpoints = new Map<string, Watched>();

  /** An invoker whose calls are counted. */
  counting(invoker: Invoker): Invoker {
    return {
      invoke: (invocation) => {
        const sent = performance.now();
        const answer = invoker.invoke(invocation);
        // Beside the caller's own path, which this must not lengthen.
        answer.then(
          ({ headers }) => this.#count(invocation.endpoint, sent, false, headers['x-amzn-invoked-production-variant']),
          (error: unknown) => isBad(error) && this.#count(invocation.endpoint, sent, true),
        );
        return answer;
      },
      close: () => invoker.close(),
    };
  }

  /** From now on a call that takes longer is a bad one. */
  expect(endpoint: string, { slowerThanMs }: { slowerThanMs: number }): void {
    this.#of(endpoint).slowerThanMs = slowerThanMs;
  }

  /** Of the last minute, or of less. @param from on the clock of performance.now(), ms */
  since(endpoint: string, from: number, variant?: string): CallCounts {
    const { all, byVariant } = this.#of(endpoint);
    const minute = variant === undefined ? all : byVariant.get(variant);
    return minute?.since(Math.ceil(from / 1_000), now()) ?? { calls: 0, bad: 0 };
  }

  #of(endpoint: string): Watched {
    let watched = this.#endpoints.get(endpoint);
    if (watched === undefined) {
      watched = { slowerThanMs: Number.POSITIVE_INFINITY, all: new Minute(), byVariant: new Map() };
      this.#endpoints.set(endpoint, watched);
    }
    return watched;
  }

  #count(endpoint: string, sent: number, failed: boolean, variant?: string | string[]): void {
    const watched = this.#of(endpoint);
    const bad = failed || performance.now() - sent > watched.slowerThanMs;
    const second = now();
    watched.all.add(second, bad);
    if (typeof variant !== 'string') return;
    let minute = watched.byVariant.get(variant);
    if (minute === undefined) {
      minute = new Minute();
      watched.byVariant.set(variant, minute);
    }
    minute.add(second, bad);
  }
}
