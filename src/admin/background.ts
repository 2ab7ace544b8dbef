/** Work that goes on after its request was answered, in this replica. */
export class Background {
  readonly #running = new Set<Promise<unknown>>();

  /** @param work never rejects */
  run<Outcome>(work: Promise<Outcome>): Promise<Outcome> {
    this.#running.add(work);
    work.finally(() => this.#running.delete(work));
    return work;
  }

  /** When all that runs has ended; for the time after the gateway has begun to close. */
  async settled(): Promise<void> {
    await Promise.all(this.#running);
  }
}
