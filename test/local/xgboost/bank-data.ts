import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The data of the tutorial's run, beside the repository; see its README for where it comes from. */
const PATH = join(import.meta.dirname, '../../../../shared/data/bank/bank_clean.csv');

/** The hyperparameters of AWS's "build, train, deploy" tutorial. */
export const TUTORIAL = {
  max_depth: '5',
  eta: '0.2',
  gamma: '4',
  min_child_weight: '6',
  subsample: '0.8',
  silent: '0',
  objective: 'binary:logistic',
  num_round: '100',
};

/** A reason to skip the tests that need the data, or false. */
export const bankDataMissing = existsSync(PATH) ? false : `no bank data at ${PATH}`;

/** The tutorial's split, label first: 28,831 rows to train, 12,357 to test. */
export function bankSplit(): { train: Buffer; test: Buffer; testFeatures: Buffer; testLabels: number[] } {
  const lines = readFileSync(PATH, 'utf8').trimEnd().split('\n').slice(1);
  const rows = permutation(lines.length, 1729).map((index) => {
    const cells = (lines[index] as string).trimEnd().split(',');
    return { label: cells.at(-1) as string, features: cells.slice(1, -2).join() };
  });
  const cut = Math.floor(0.7 * rows.length);
  const csv = (part: typeof rows): Buffer => Buffer.from(part.map((row) => `${row.label},${row.features}\n`).join(''));
  const test = rows.slice(cut);
  return {
    train: csv(rows.slice(0, cut)),
    test: csv(test),
    testFeatures: Buffer.from(test.map((row) => `${row.features}\n`).join('')),
    testLabels: test.map((row) => Number(row.label)),
  };
}

/** Names of the 59 features, in the order of the columns. */
export const bankFeatures = (): string[] =>
  (readFileSync(PATH, 'utf8').split('\n', 1)[0] as string).split(',').slice(1, -2);

/** numpy's `RandomState(seed).permutation(n)`: Fisher-Yates from the end, masked rejection on MT19937. */
export function permutation(n: number, seed: number): number[] {
  const next = mersenneTwister(seed);
  const items = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const mask = 2 ** (32 - Math.clz32(i)) - 1;
    let j = next() & mask;
    while (j > i) j = next() & mask;
    [items[i], items[j]] = [items[j] as number, items[i] as number];
  }
  return items;
}

/** MT19937 (Matsumoto and Nishimura 1998), seeded by init_genrand. */
function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(624);
  state[0] = seed;
  for (let i = 1; i < 624; i++) {
    const previous = state[i - 1] as number;
    state[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
  }
  let index = 624;
  return () => {
    if (index === 624) {
      for (let k = 0; k < 624; k++) {
        const y = ((state[k] as number) & 0x80000000) | ((state[(k + 1) % 624] as number) & 0x7fffffff);
        state[k] = (state[(k + 397) % 624] as number) ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      index = 0;
    }
    let y = state[index++] as number;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}
