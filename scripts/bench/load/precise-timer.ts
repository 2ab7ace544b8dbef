import { Worker } from 'node:worker_threads';

/**
 * Timers to a fraction of a millisecond; Node's own count whole ones, and what is measured here is smaller. A thread sleeps until the next is
 * due and wakes this one.
 */
export class PreciseTimer {
  readonly #waiting: { readonly due: number; readonly run: () => void }[] = [];
  readonly #sequence: Int32Array;
  readonly #due: Float64Array;

  constructor() {
    const shared = new SharedArrayBuffer(16);
    this.#sequence = new Int32Array(shared, 0, 1);
    this.#due = new Float64Array(shared, 8, 1);
    this.#due[0] = Number.POSITIVE_INFINITY;
    const worker = new Worker(new URL('precise-timer-worker.ts', import.meta.url), { workerData: shared });
    worker.on('message', () => this.#fire());
    worker.unref();
  }

  after(ms: number, run: () => void): void {
    this.at(performance.now() + ms, run);
  }

  /** @param due on the clock of performance.now() */
  at(due: number, run: () => void): void {
    let place = this.#waiting.length;
    while (place > 0 && (this.#waiting[place - 1]?.due ?? 0) > due) place -= 1;
    this.#waiting.splice(place, 0, { due, run });
    if (place === 0) this.#sleep();
  }

  #sleep(): void {
    // Threads have clocks of different origins.
    this.#due[0] = performance.timeOrigin + (this.#waiting[0]?.due ?? Number.POSITIVE_INFINITY);
    Atomics.add(this.#sequence, 0, 1);
    Atomics.notify(this.#sequence, 0);
  }

  #fire(): void {
    while ((this.#waiting[0]?.due ?? Number.POSITIVE_INFINITY) <= performance.now()) this.#waiting.shift()?.run();
    this.#sleep();
  }
}
