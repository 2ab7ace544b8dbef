import { setTimeout as sleep } from 'node:timers/promises';

export interface DependencyState {
  readonly status: 'unknown' | 'ok' | 'failing';
  /** Whether the gateway waits for it before it calls itself ready. */
  readonly needed: boolean;
  readonly checkedAt?: string;
  /** The kind of the last failure; its text is for the log, since it may name what callers should not see. */
  readonly failure?: string;
}

export interface DependencyOptions {
  readonly probe: (signal: AbortSignal) => Promise<unknown>;
  readonly needed: boolean;
  /** How long an answer holds, ms. */
  readonly ttlMs?: number;
  readonly timeoutMs?: number;
  readonly failed?: (error: unknown) => void;
}

/**
 * Something outside that the gateway works with. It is asked when somebody wants to know and the last answer is old, once for all who ask,
 * and nobody waits for it but the first.
 *
 * What is needed is waited for until it has worked once: a roll-out with a role that does not work stops there. From then on a failure is
 * shown and no more: it would be the same in every replica, and a balancer without any replica is a worse answer than the gateway's own 503s.
 */
export class Dependency {
  readonly #options: DependencyOptions;
  #state: DependencyState;
  #asked = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;
  #hasWorked = false;

  constructor(options: DependencyOptions) {
    this.#options = options;
    this.#state = { status: 'unknown', needed: options.needed };
  }

  get ready(): boolean {
    return this.#hasWorked || !this.#options.needed;
  }

  /** The state as last seen; what is not known yet is waited for, up to `patienceMs`. */
  async state(patienceMs = 1_000): Promise<DependencyState> {
    // What holds up the start is asked again soon.
    const ttl = this.ready ? (this.#options.ttlMs ?? 10_000) : 500;
    if (this.#asking === undefined && performance.now() - this.#asked > ttl) this.#asking = this.#ask();
    if (!this.ready && this.#asking) await Promise.race([this.#asking, sleep(patienceMs, undefined, { ref: false })]);
    return this.#state;
  }

  async #ask(): Promise<void> {
    this.#asked = performance.now();
    const { probe, needed, timeoutMs = 5_000, failed } = this.#options;
    const timeout = AbortSignal.timeout(timeoutMs);
    const late = new Promise<never>((_resolve, reject) =>
      timeout.addEventListener('abort', () => reject(timeout.reason)),
    );
    try {
      await Promise.race([probe(timeout), late]);
      this.#hasWorked = true;
      this.#state = { status: 'ok', needed, checkedAt: new Date().toISOString() };
    } catch (error) {
      const failure = error instanceof Error ? error.name : 'Error';
      if (this.#state.status !== 'failing') failed?.(error);
      this.#state = { status: 'failing', needed, checkedAt: new Date().toISOString(), failure };
    } finally {
      this.#asking = undefined;
    }
  }
}
