/** Values within 1 % of each other share a bucket: what a percentile may be off by. */
const growth = Math.log(1.01);

/** A statistic set as it is written down. */
export interface StatisticRow {
  count: number;
  sum: number;
  min: number;
  max: number;
  /** Bucket and how many values are in it. */
  buckets: [number, number][];
}

/** What is left of a metric's values in one stretch of time: enough for every statistic that CloudWatch has, percentiles too. */
export class StatisticSet {
  count = 0;
  sum = 0;
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  readonly #buckets = new Map<number, number>();

  static from({ count, sum, min, max, buckets }: StatisticRow): StatisticSet {
    const set = new StatisticSet();
    set.#merge(count, sum, min, max, buckets);
    return set;
  }

  add(value: number, count = 1): void {
    this.#merge(count, value * count, value, value, [[bucketOf(value), count]]);
  }

  merge(other: StatisticSet): void {
    this.#merge(other.count, other.sum, other.min, other.max, other.#buckets);
  }

  row(): StatisticRow {
    const { count, sum, min, max } = this;
    return { count, sum, min, max, buckets: [...this.#buckets] };
  }

  /** A statistic by CloudWatch's name: SampleCount, Average, Sum, Minimum, Maximum, or p99.9. Undefined for one that is not known. */
  get(statistic: string): number | undefined {
    switch (statistic) {
      case 'SampleCount':
        return this.count;
      case 'Average':
        return this.sum / this.count;
      case 'Sum':
        return this.sum;
      case 'Minimum':
        return this.min;
      case 'Maximum':
        return this.max;
      default:
        return isPercentile(statistic) ? this.#percentile(Number(statistic.slice(1))) : undefined;
    }
  }

  #percentile(percent: number): number {
    let left = (percent / 100) * this.count;
    for (const [bucket, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      left -= count;
      if (left <= 1e-9) return Math.min(this.max, Math.max(this.min, middleOf(bucket)));
    }
    return this.max;
  }

  #merge(count: number, sum: number, min: number, max: number, buckets: Iterable<[number, number]>): void {
    this.count += count;
    this.sum += sum;
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
    for (const [bucket, more] of buckets) this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + more);
  }
}

export const simpleStatistics = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'];
export const isPercentile = (statistic: string) => /^p(\d{1,2}(\.\d{1,10})?|100)$/.test(statistic);

// Positive values have buckets above `offset`, negative ones below its negation, and zero has 0: so they sort as the values do.
const offset = 100_000;

function bucketOf(value: number): number {
  if (value === 0) return 0;
  const bucket = offset + Math.round(Math.log(Math.abs(value)) / growth);
  return value > 0 ? bucket : -bucket;
}

function middleOf(bucket: number): number {
  if (bucket === 0) return 0;
  const value = Math.exp((Math.abs(bucket) - offset) * growth);
  return bucket > 0 ? value : -value;
}
