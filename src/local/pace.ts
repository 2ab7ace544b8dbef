import { setTimeout as sleep } from 'node:timers/promises';

/** How fast time passes: what AWS waits for a second takes `scale` of one. 1 is real; tests have less. Timestamps are real always. */
export class Pace {
  readonly #scale: number;

  constructor(scale = 1) {
    if (!(scale > 0 && scale <= 1)) throw new Error(`A time scale is above 0 and at most 1, which ${scale} is not.`);
    this.#scale = scale;
  }

  /** Seconds of AWS in milliseconds of here. */
  ms(seconds: number): number {
    return seconds * 1000 * this.#scale;
  }

  /** Seconds of AWS in seconds of here. */
  seconds(seconds: number): number {
    return seconds * this.#scale;
  }

  /** How long to rest between two looks at something that AWS looks at about every second, ms. */
  get glance(): number {
    return Math.max(20, this.ms(1));
  }

  async wait(seconds: number, signal: AbortSignal): Promise<void> {
    await sleep(this.ms(seconds), undefined, { signal });
  }
}
