import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { GatewayError } from '../../errors.ts';
import type { Work, WorkStore } from './work-store.ts';

/**
 * One step of work. It may be done twice, also by two replicas at once, when one dies or is slow: whatever it makes has a name that follows
 * from the work, and what exists already counts as made. @returns the state after it
 */
export type Step<State> = () => Promise<State>;

/** How a kind of work goes on. */
export interface Plan<State> {
  /** What is to be done now; undefined while there is only to wait. Reads only: every replica asks it. */
  next(state: State): Promise<Step<State> | undefined>;
  isFinal(state: State): boolean;
  /** Whether nothing is kept of it when it is over. */
  leavesNothing?(state: State): boolean;
  /** The state after a step, or the look at what is next, that can never succeed. */
  failed(state: State, reason: string): State;
}

export interface ReconcilerOptions<State> {
  readonly store: WorkStore<State>;
  readonly plan: Plan<State>;
  /** How often to look, ms; after three times as long without a sign of life a replica is taken for dead. */
  readonly intervalMs: number;
  readonly log: FastifyBaseLogger;
  readonly closing: AbortSignal;
}

/** Refusals that say nothing of the work itself: the next look may find them gone. */
const passing = new Set(['throttled', 'upstream_unavailable', 'upstream_timeout', 'conflict']);
/** Tries of a step that fails for a reason that nobody foresaw. */
const mostFaults = 5;

/**
 * Carries open work on, whichever replica began it. A replica that has a step to do writes its name into the document, and writes it again and
 * again while the step lasts. Another one takes over when it has seen the document unchanged for long enough by its own clock, so that
 * clocks need not agree (as the leader election of Kubernetes does it).
 */
export class Reconciler<State> {
  readonly #options: ReconcilerOptions<State>;
  readonly #me = randomUUID();
  readonly #busy = new Map<string, Promise<unknown>>();
  /** When a document that another replica holds was first seen as it is. */
  readonly #observed = new Map<string, { etag: string; since: number }>();
  readonly #faults = new Map<string, number>();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: ReconcilerOptions<State>) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** When nothing runs any more; for the time after `closing` has fired. */
  async settled(): Promise<void> {
    await this.#loop;
    await Promise.all(this.#busy.values());
  }

  /** Records work and does its first step at once; what that throws takes the work back. */
  async begin(id: string, state: State, step: Step<State>): Promise<State> {
    const beginning = this.#recordAndDo(id, state, step);
    // From before it is written, or the loop would find it, and take it for its own.
    this.#busy.set(
      id,
      beginning.catch(() => {}),
    );
    try {
      return await beginning;
    } finally {
      this.#busy.delete(id);
      this.look(id);
    }
  }

  async #recordAndDo(id: string, state: State, step: Step<State>): Promise<State> {
    const { store } = this.#options;
    const work = await store.begin(id, state, this.#me);
    try {
      return await this.#holding(work, step);
    } catch (error) {
      await store.discard(id);
      throw error;
    }
  }

  /** Looks at one piece of work now. */
  look(id: string): void {
    if (this.#busy.has(id) || this.#options.closing.aborted) return;
    const working = this.#carryOn(id)
      .catch((error: unknown) => this.#options.log.warn({ err: error, work: id }, 'work could not be carried on'))
      .finally(() => this.#busy.delete(id));
    this.#busy.set(id, working);
  }

  async #run(): Promise<void> {
    const { store, intervalMs, log, closing } = this.#options;
    let failing = false;
    while (!closing.aborted) {
      // Not all replicas at the same moment.
      await sleep(intervalMs * (0.75 + Math.random() / 2), undefined, { signal: closing }).catch(() => {});
      if (closing.aborted) return;
      try {
        const open = await store.listOpen();
        for (const id of this.#observed.keys()) if (!open.includes(id)) this.#observed.delete(id);
        for (const id of open) this.look(id);
        failing = false;
      } catch (error) {
        if (!failing) log.warn({ err: error }, 'open work cannot be listed');
        failing = true;
      }
    }
  }

  async #carryOn(id: string): Promise<void> {
    const { store, plan, closing } = this.#options;
    while (!closing.aborted) {
      const seen = await store.read(id);
      if (seen === undefined || !this.#mayClaim(seen)) return;
      const step = await this.#nextStep(seen);
      if (step === undefined) return;
      const since = performance.now();
      const held = await store.replace(seen, seen.state, this.#me);
      if (held === undefined) return;
      if (plan.isFinal(held.state)) {
        if (plan.leavesNothing?.(held.state)) return store.discard(id);
        return store.archive(id, held.state, () => !this.#isLate(since));
      }
      const after = await this.#holding(held, () => this.#attempt(held, step));
      // A step that is to be tried again waits for the next look.
      if (after === held.state) return;
    }
  }

  async #nextStep({ id, state }: Work<State>): Promise<Step<State> | undefined> {
    const { plan } = this.#options;
    if (plan.isFinal(state)) return async () => state;
    try {
      return await plan.next(state);
    } catch (error) {
      const after = this.#afterFault(id, state, error);
      return after && (async () => after);
    }
  }

  #mayClaim({ id, etag, holder }: Work<State>): boolean {
    if (holder === undefined || holder === this.#me) return true;
    const known = this.#observed.get(id);
    if (known?.etag !== etag) {
      this.#observed.set(id, { etag, since: performance.now() });
      return false;
    }
    return this.#isLate(known.since);
  }

  /** Whether a replica without a sign of life since then is taken for dead. */
  #isLate(since: number): boolean {
    return performance.now() - since > 3 * this.#options.intervalMs;
  }

  /** Runs a step while the others are shown that it runs, and writes what came of it. */
  async #holding(work: Work<State>, step: Step<State>): Promise<State> {
    const { store, intervalMs, log } = this.#options;
    let held: Work<State> | undefined = work;
    let beat = Promise.resolve();
    const heart = setInterval(() => {
      beat = beat.then(async () => {
        if (held !== undefined) held = await store.replace(held, held.state, this.#me);
      });
      beat = beat.catch((error: unknown) => log.warn({ err: error, work: work.id }, 'no sign of life could be given'));
    }, intervalMs);
    let after: State;
    try {
      after = await step();
    } finally {
      clearInterval(heart);
      await beat;
    }
    // Lost to another replica, that one goes on; what was done here it finds done.
    if (held !== undefined) await store.replace(held, after);
    return after;
  }

  async #attempt({ id, state }: Work<State>, step: Step<State>): Promise<State> {
    try {
      const after = await step();
      this.#faults.delete(id);
      return after;
    } catch (error) {
      return this.#afterFault(id, state, error) ?? state;
    }
  }

  /** The state in which an error leaves the work; undefined when it is to be tried again. */
  #afterFault(id: string, state: State, error: unknown): State | undefined {
    const { plan, log, closing } = this.#options;
    if (closing.aborted) return undefined;
    const known = error instanceof GatewayError && error.code !== 'internal' ? error : undefined;
    if (known !== undefined && !passing.has(known.code)) return plan.failed(state, known.message);
    const faults = (this.#faults.get(id) ?? 0) + 1;
    this.#faults.set(id, faults);
    log.warn({ err: error, work: id, faults }, 'a step failed');
    if (known !== undefined || faults < mostFaults) return undefined;
    this.#faults.delete(id);
    return plan.failed(state, 'The gateway failed; its log has the cause.');
  }
}
