import { setImmediate } from 'node:timers/promises';

/** Long work's share of the event loop: after `milliseconds` it should let others have theirs. */
export class Turn {
  readonly #milliseconds: number;
  #end: number;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
    this.#end = performance.now() + milliseconds;
  }

  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  /** Lets everything else that waits have its turn. */
  async next(): Promise<void> {
    await setImmediate();
    this.#end = performance.now() + this.#milliseconds;
  }
}
