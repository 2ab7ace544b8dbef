import type { DDSketch } from '@datadog/sketches-js';
import type { ColumnProfile } from './profile-schema.ts';

const bins = 20;
const quantiles = { p5: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95 };

/** A number, and how often it is there. */
export interface Weighted {
  readonly value: number;
  readonly count: number;
}

/** What is told of the numbers of a column. */
export type NumberSummary = Required<Pick<ColumnProfile, 'min' | 'max' | 'mean' | 'std' | 'quantiles' | 'histogram'>>;

/** Mean and variance as the values come (Welford 1962), which does not lose them to cancellation as sums of squares do. */
export class Moments {
  count = 0;
  mean = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  #squares = 0;

  add(value: number, times = 1): void {
    this.count += times;
    const distance = value - this.mean;
    this.mean += (distance * times) / this.count;
    this.#squares += distance * (value - this.mean) * times;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }

  get std(): number {
    return this.count < 2 ? 0 : Math.sqrt(this.#squares / (this.count - 1));
  }
}

/** As numpy.histogram makes it: equal widths from the least to the greatest value. */
function histogramOf(values: Iterable<Weighted>, { min, max }: Moments): NumberSummary['histogram'] {
  if (!(min < max)) return { edges: [min, max], counts: [sum(values)] };
  const edges = Array.from({ length: bins + 1 }, (_, bin) => (bin === bins ? max : min + ((max - min) * bin) / bins));
  const counts = new Array<number>(bins).fill(0);
  for (const { value, count } of values) {
    let bin = Math.min(bins - 1, Math.floor(((value - min) / (max - min)) * bins));
    // The division may round across an edge.
    if (value < (edges[bin] ?? min)) bin -= 1;
    else if (bin < bins - 1 && value >= (edges[bin + 1] ?? max)) bin += 1;
    counts[bin] = (counts[bin] ?? 0) + count;
  }
  return { edges, counts };
}

function sum(values: Iterable<Weighted>): number {
  let total = 0;
  for (const { count } of values) total += count;
  return total;
}

/** The value at a share of sorted ones, between two of them in proportion, as numpy.quantile has it. */
function exactQuantile(sorted: readonly Weighted[], count: number, share: number): number {
  const rank = share * (count - 1);
  const valueAt = (position: number): number => {
    let passed = 0;
    for (const { value, count } of sorted) {
      passed += count;
      if (position < passed) return value;
    }
    return sorted.at(-1)?.value ?? 0;
  };
  const below = valueAt(Math.floor(rank));
  return below + (valueAt(Math.ceil(rank)) - below) * (rank - Math.floor(rank));
}

const quantilesBy = (at: (share: number) => number): NumberSummary['quantiles'] => ({
  p5: at(quantiles.p5),
  p25: at(quantiles.p25),
  p50: at(quantiles.p50),
  p75: at(quantiles.p75),
  p95: at(quantiles.p95),
});

const described = (moments: Moments) => ({
  min: moments.min,
  max: moments.max,
  mean: moments.mean,
  std: moments.std,
});

/** Of numbers that were counted one by one. */
export function summarizeCounted(values: readonly Weighted[]): NumberSummary {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const moments = new Moments();
  for (const { value, count } of sorted) moments.add(value, count);
  return {
    ...described(moments),
    quantiles: quantilesBy((share) => exactQuantile(sorted, moments.count, share)),
    histogram: histogramOf(sorted, moments),
  };
}

/** What the sketch keeps of its values: how many lie around each of some numbers. */
function* sketched({ mapping, store, negativeStore, zeroCount }: DDSketch): Generator<Weighted> {
  if (zeroCount > 0) yield { value: 0, count: zeroCount };
  for (const [sign, { bins, offset }] of [[-1, negativeStore] as const, [1, store] as const]) {
    for (const [index, count] of bins.entries()) {
      if (count > 0) yield { value: sign * mapping.value(index + offset), count };
    }
  }
}

/** Of numbers that a sketch has seen, with their moments. */
export function summarizeSketched(sketch: DDSketch, moments: Moments): NumberSummary {
  const { min, max } = moments;
  const within = (value: number): number => Math.min(max, Math.max(min, value));
  const values = Array.from(sketched(sketch), ({ value, count }) => ({ value: within(value), count }));
  return {
    ...described(moments),
    quantiles: quantilesBy((share) => within(sketch.getValueAtQuantile(share))),
    histogram: histogramOf(values, moments),
  };
}
