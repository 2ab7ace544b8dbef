import t from 'tap';
import { ColumnStats } from '../../../src/admin/datasets/column-stats.ts';

function profileOf(cells: Iterable<string>, limit?: number) {
  const stats = new ColumnStats(limit);
  for (const cell of cells) stats.add(cell);
  return stats.describe('x');
}

t.test('more numbers than are counted one by one are told within half a percent', async (t) => {
  const numbers = Array.from({ length: 50_001 }, (_, i) => (i - 10_000) / 100);
  const { values, quantiles, histogram, ...exact } = profileOf(numbers.map(String));
  t.strictSame(values, [], 'texts only, of which there are none');
  t.match(exact, { type: 'number', missing: 0, numbers: 50_001, distinct: undefined, min: -100, max: 400 });
  const near = (got: number | undefined, want: number) =>
    t.ok(Math.abs((got ?? Number.NaN) - want) <= Math.abs(want) * 0.0051, `${got} is near ${want}`);
  near(exact.mean, 150);
  near(exact.std, 144.34);
  near(quantiles?.p5, -75);
  near(quantiles?.p50, 150);
  near(quantiles?.p95, 375);
  t.equal(
    histogram?.counts.reduce((sum, count) => sum + count, 0),
    50_001,
    'every number is in a bin',
  );
  t.ok(histogram?.counts.every((count) => count > 2_200 && count < 2_800));
});

t.test('markers among many numbers are still seen', async (t) => {
  const cells = [...Array.from({ length: 2_000 }, (_, i) => String(i)), 'unknown', 'unknown', '', 'NaN'];
  t.match(profileOf(cells), { type: 'text', missing: 2, numbers: 2_000, values: [{ value: 'unknown', count: 2 }] });
});

t.test('texts: few, many, long', async (t) => {
  t.match(profileOf(['b', 'a', 'b']), {
    type: 'category',
    distinct: 2,
    values: [
      { value: 'b', count: 2 },
      { value: 'a', count: 1 },
    ],
  });
  const many = profileOf(
    Array.from({ length: 11 }, (_, i) => `t${i}`),
    10,
  );
  t.strictSame(many, { name: 'x', type: 'text', missing: 0, numbers: 0 });
  t.strictSame(profileOf(['x'.repeat(257)]), { name: 'x', type: 'text', missing: 0, numbers: 0 });
  t.match(profileOf(['', ' ', 'nan']), { type: 'empty', missing: 3, distinct: 0 });
  t.match(profileOf(['Infinity', '1']), { type: 'category', numbers: 1, max: 1 });
});

t.test('one value only', async (t) => {
  t.match(profileOf(['5', '5']), { min: 5, max: 5, std: 0, histogram: { edges: [5, 5], counts: [2] } });
});
