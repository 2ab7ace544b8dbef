import type { Table } from '../store/table.ts';
import type { Fault } from './fault.ts';

/** The faults that are set for endpoints, by name; one need not exist yet. */
export class FaultSettings {
  readonly #table: Table<Fault[]>;

  constructor(table: Table<Fault[]>) {
    this.#table = table;
  }

  get(endpoint: string): Fault[] {
    return this.#table.get(endpoint) ?? [];
  }

  async set(endpoint: string, faults: Fault[]): Promise<void> {
    if (faults.length > 0) await this.#table.set(endpoint, faults);
    else await this.#table.delete(endpoint);
  }

  /** Those that strike one call: drawn by their probability, and counted. */
  async draw(endpoint: string): Promise<Fault[]> {
    const faults = this.get(endpoint);
    const struck = faults.filter(({ probability = 1 }) => Math.random() < probability);
    if (struck.some(({ count }) => count !== undefined)) {
      const left = faults.map((fault) =>
        fault.count !== undefined && struck.includes(fault) ? { ...fault, count: fault.count - 1 } : fault,
      );
      await this.set(
        endpoint,
        left.filter(({ count }) => count !== 0),
      );
    }
    return struck;
  }
}
