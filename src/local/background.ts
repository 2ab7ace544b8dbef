import type { FastifyBaseLogger } from 'fastify';

/** Work that goes on by itself, and must have ended before the process does. What it fails with is logged. */
export class Background {
  readonly #logger: Pick<FastifyBaseLogger, 'error'>;
  readonly #work = new Set<Promise<void>>();

  constructor(logger: Pick<FastifyBaseLogger, 'error'>) {
    this.#logger = logger;
  }

  /** @returns resolves when it has ended, one way or another */
  add(work: Promise<void>): Promise<void> {
    const ended = work
      .catch((error: unknown) => this.#logger.error(error))
      .finally(() => {
        this.#work.delete(ended);
      });
    this.#work.add(ended);
    return ended;
  }

  /** Resolves when all that is under way has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#work);
  }
}
