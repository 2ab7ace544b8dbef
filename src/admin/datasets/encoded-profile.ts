import type { Encoding } from './encoding.ts';
import type { ColumnProfile } from './profile-schema.ts';
import { TableProfile } from './table-profile.ts';

/** What stands in encoded columns. Those of a category have few different contents, which are counted and not looked at row by row. */
export class EncodedProfile {
  readonly #profile: TableProfile;
  readonly #first: readonly number[];
  readonly #counts: readonly (Map<string, number> | undefined)[];

  constructor({ encoders, columnNames }: Encoding) {
    this.#profile = new TableProfile(columnNames.length);
    let next = 0;
    this.#first = encoders.map(({ names }) => {
      const first = next;
      next += names.length;
      return first;
    });
    this.#counts = encoders.map(({ category }) => (category === undefined ? undefined : new Map()));
  }

  /** Takes what an encoder has written for a row. */
  add(encoder: number, cells: string): void {
    const counts = this.#counts[encoder];
    if (counts === undefined) this.#profile.addCell(this.#first[encoder] ?? 0, cells);
    else counts.set(cells, (counts.get(cells) ?? 0) + 1);
  }

  describe(names: readonly string[]): ColumnProfile[] {
    for (const [encoder, counts] of this.#counts.entries()) {
      for (const [cells, count] of counts ?? []) {
        for (const [i, cell] of cells.split(',').entries()) {
          this.#profile.addCell((this.#first[encoder] ?? 0) + i, cell, count);
        }
      }
      counts?.clear();
    }
    return this.#profile.describe(names);
  }
}
