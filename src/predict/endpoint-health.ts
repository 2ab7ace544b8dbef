import type { ErrorCode } from '../errors.ts';
import type { PipelineEvents } from './events.ts';

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

/** A refusal that says nothing of the model: the account is throttled, no copy is there, or the gateway itself gave up. */
const innocent: ReadonlySet<ErrorCode> = new Set([
  'throttled',
  'resource_limit_exceeded',
  'aws_access_denied',
  'model_not_ready',
]);

/** How the calls of this replica to each endpoint went in the last minute. */
export class EndpointHealth {
  readonly #endpoints = new Map<string, Watched>();

  /** Events of a pipeline, of which the calls are counted here as well. */
  counting(events: PipelineEvents): PipelineEvents {
    return {
      ...events,
      upstream: (endpoint, ms, code, variant) => {
        events.upstream(endpoint, ms, code, variant);
        if (code === undefined || !innocent.has(code)) this.#count(endpoint, ms, code !== undefined, variant);
      },
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

  #count(endpoint: string, ms: number, failed: boolean, variant: string | undefined): void {
    const watched = this.#of(endpoint);
    const bad = failed || ms > watched.slowerThanMs;
    const second = now();
    watched.all.add(second, bad);
    if (variant === undefined) return;
    let minute = watched.byVariant.get(variant);
    if (minute === undefined) {
      minute = new Minute();
      watched.byVariant.set(variant, minute);
    }
    minute.add(second, bad);
  }
}
