import { type LabelledMatrix, MatrixBuilder } from '../../../src/local/xgboost/matrix.ts';
import { createRandom } from '../../../src/local/xgboost/random.ts';
import { parseCsv } from '../../../src/local/xgboost/text-data.ts';

/** Label first; weight second if `weighted`; an empty cell is a missing value. */
export function csvMatrix(csv: string | Buffer, weighted = false): LabelledMatrix {
  const bytes = Buffer.from(csv);
  const into = new MatrixBuilder();
  parseCsv(bytes, 0, bytes.length, { delimiter: 44, leading: weighted ? 2 : 1 }, into);
  return into.build();
}

/** A learnable relation of six features, one of them 0 or 1, values in hundredths, every seventh or so missing. */
export function noisyRows(count: number, seed: number): { signal: number; cells: string[] }[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const x = Array.from({ length: 6 }, (_, f) =>
      f === 3 ? Math.round(random()) : Math.round(random() * 400) / 100 - 2,
    );
    const present = x.map((value) => (random() < 0.15 ? undefined : value));
    const [a, b, c, d] = present.map((value) => value ?? 0) as [number, number, number, number];
    return { signal: a + 1.5 * d + b * c + random() - 0.5, cells: present.map((value) => String(value ?? '')) };
  });
}

export function noisyCsv(count: number, seed: number, label: (signal: number) => number): string {
  return noisyRows(count, seed)
    .map(({ signal, cells }) => `${label(signal)},${cells.join()}\n`)
    .join('');
}
