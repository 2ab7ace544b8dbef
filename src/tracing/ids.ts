import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace';

/** Random ids of traces and spans. A trace's can be drawn ahead of its first span, since it decides whether the trace is recorded. */
export class Ids implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #drawn: string | undefined;

  /** The id that the next trace will have. */
  draw(): string {
    this.#drawn = this.#random.generateTraceId();
    return this.#drawn;
  }

  generateTraceId(): string {
    const drawn = this.#drawn ?? this.#random.generateTraceId();
    this.#drawn = undefined;
    return drawn;
  }

  generateSpanId(): string {
    return this.#random.generateSpanId();
  }
}
