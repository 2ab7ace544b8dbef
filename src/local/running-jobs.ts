import type { FastifyBaseLogger } from 'fastify';
import { Background } from './background.ts';

/** The jobs that this process carries on, by name, each with what is known of it only while it runs: what stops it, what it has measured. */
export class RunningJobs<Handle> {
  readonly #background: Background;
  readonly #running = new Map<string, { readonly handle: Handle; readonly ended: Promise<void> }>();
  #isClosed = false;

  constructor(logger: Pick<FastifyBaseLogger, 'error'>) {
    this.#background = new Background(logger);
  }

  /** The process ends: jobs break off, and keep their state for the next start to find. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Begins a job's work, which finds its handle here. */
  start(name: string, handle: Handle, run: () => Promise<void>): void {
    const ended = this.#background.add(
      Promise.resolve()
        .then(run)
        .finally(() => this.#running.delete(name)),
    );
    this.#running.set(name, { handle, ended });
  }

  get(name: string): Handle | undefined {
    return this.#running.get(name)?.handle;
  }

  /** Resolves when the job has come to its end. */
  async ended(name: string): Promise<void> {
    await this.#running.get(name)?.ended;
  }

  /** Breaks off what runs, and waits for it. */
  async close(breakOff: (handle: Handle) => void = () => undefined): Promise<void> {
    this.#isClosed = true;
    for (const { handle } of this.#running.values()) breakOff(handle);
    await this.#background.ended();
  }
}
