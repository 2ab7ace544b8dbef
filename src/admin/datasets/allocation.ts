import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Rows of each part out of `total`: whole numbers as near to the shares as can be, by the largest remainder. */
export function allocate(total: number, shares: readonly number[]): number[] {
  const exact = shares.map((share) => share * total);
  // A product such as 0.7 · 10 may miss its whole number by a little.
  const counts = exact.map((rows) => Math.floor(rows + 1e-9));
  const left = total - counts.reduce((sum, rows) => sum + rows, 0);
  const byRemainder = [...exact.keys()].sort(
    (a, b) => (exact[b] ?? 0) - (counts[b] ?? 0) - ((exact[a] ?? 0) - (counts[a] ?? 0)) || a - b,
  );
  for (const part of byRemainder.slice(0, left)) counts[part] = (counts[part] ?? 0) + 1;
  return counts;
}

interface Stratum {
  left: number;
  readonly ofPart: number[];
}

/**
 * Says of each row as it passes to which part it goes: every partition with the wanted sizes is as likely as any other (selection sampling,
 * Knuth, The Art of Computer Programming 2, 3.4.2), and no more than counts are kept.
 */
export class Allocation {
  readonly #strata: ReadonlyMap<string, Stratum>;
  readonly #random: ReturnType<typeof xoroshiro128plus>;

  /** @param sizes rows of each stratum */
  constructor(sizes: ReadonlyMap<string, number>, shares: readonly number[], seed: number) {
    this.#strata = new Map(
      [...sizes].map(([stratum, rows]) => [stratum, { left: rows, ofPart: allocate(rows, shares) }]),
    );
    this.#random = xoroshiro128plus(seed);
  }

  /** Rows that each part will get. */
  totals(): number[] {
    const [first, ...others] = [...this.#strata.values()].map(({ ofPart }) => ofPart);
    return (first ?? []).map((rows, part) => others.reduce((sum, counts) => sum + (counts[part] ?? 0), rows));
  }

  /** The part of the next row of a stratum; undefined when it has had all its rows. */
  next(name: string): number | undefined {
    const stratum = this.#strata.get(name);
    if (stratum === undefined || stratum.left === 0) return undefined;
    let ticket = uniformInt(this.#random, 0, stratum.left - 1);
    stratum.left -= 1;
    for (const [part, rows] of stratum.ofPart.entries()) {
      if (ticket < rows) {
        stratum.ofPart[part] = rows - 1;
        return part;
      }
      ticket -= rows;
    }
    return undefined;
  }
}
