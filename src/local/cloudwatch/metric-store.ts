import type { Pace } from '../pace.ts';
import type { Table } from '../store/table.ts';
import { type StatisticRow, StatisticSet } from './statistic-set.ts';

export interface Metric {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
}

/** One minute of a metric as it is stored. `minute` in epoch milliseconds. */
export interface MinuteRow extends StatisticRow, Metric {
  unit: string;
  minute: number;
}

export interface Series extends Metric {
  readonly key: string;
  unit: string;
  /** By their beginning, in epoch milliseconds, in the order of it: of a second each, and of a minute. */
  readonly fine: Map<number, StatisticSet>;
  readonly minutes: Map<number, StatisticSet>;
}

const minute = 60_000;
/** How long CloudWatch keeps data points of a minute, ms. */
const retention = 15 * 24 * 60 * minute;
/** Seconds that are kept one by one: three hours. */
const fineBins = 10_800;
/** How often what has come is written down, ms. */
const flushPause = 5_000;

/**
 * The metrics of CloudWatch. Values are counted in memory at once, and their minute is written down a few seconds later: a killed process loses
 * those seconds. `add` is made for the hot path: hold the series, and add to it.
 */
export class MetricStore {
  readonly #table: Table<MinuteRow>;
  readonly #series = new Map<string, Series>();
  readonly #unwritten = new Map<string, () => MinuteRow>();
  /** Length of a fine bin, ms. */
  readonly #grain: number;
  #flushing: NodeJS.Timeout | undefined;

  constructor(table: Table<MinuteRow>, pace: Pace) {
    this.#table = table;
    this.#grain = Math.max(10, Math.round(pace.ms(1)));
    const oldest = Date.now() - retention;
    for (const [key, row] of [...table.entries()]) {
      if (row.minute < oldest) void table.delete(key).catch(() => undefined);
      else this.#restore(row);
    }
  }

  /** The series of a metric, made when it is new. */
  series(metric: Metric, unit = 'None'): Series {
    const key = keyOf(metric);
    const known = this.#series.get(key);
    if (known) return known;
    const series = { ...metric, key, unit, fine: new Map(), minutes: new Map() };
    this.#series.set(key, series);
    return series;
  }

  /** The series of a metric that has had a value. */
  find(metric: Metric): Series | undefined {
    return this.#series.get(keyOf(metric));
  }

  list(): Series[] {
    return [...this.#series.values()];
  }

  add(series: Series, value: number, at = Date.now(), count = 1): void {
    binOf(series.fine, at - (at % this.#grain), fineBins).add(value, count);
    const start = at - (at % minute);
    const bin = binOf(series.minutes, start, retention / minute);
    bin.add(value, count);
    const { namespace, name, dimensions, unit, key } = series;
    const id = `${key} ${start}`;
    if (!this.#unwritten.has(id)) {
      this.#unwritten.set(id, () => ({ namespace, name, dimensions, unit, minute: start, ...bin.row() }));
    }
    this.#flushing ??= setTimeout(() => void this.#flush().catch(() => undefined), flushPause).unref();
  }

  /** All values from `from` up to but not including `to`, epoch milliseconds; undefined when there are none. */
  window({ fine, minutes }: Series, from: number, to: number): StatisticSet | undefined {
    const recent = from >= Date.now() - fineBins * this.#grain;
    let whole: StatisticSet | undefined;
    for (const set of recent ? between(fine, this.#grain, from, to) : between(minutes, minute, from, to)) {
      whole ??= new StatisticSet();
      whole.merge(set);
    }
    return whole;
  }

  async close(): Promise<void> {
    clearTimeout(this.#flushing);
    await this.#flush();
  }

  async #flush(): Promise<void> {
    this.#flushing = undefined;
    const rows = [...this.#unwritten];
    this.#unwritten.clear();
    await Promise.all(rows.map(([id, row]) => this.#table.set(id, row())));
  }

  #restore(row: MinuteRow): void {
    const series = this.series(row, row.unit);
    const set = StatisticSet.from(row);
    series.minutes.set(row.minute, set);
    binOf(series.fine, row.minute - (row.minute % this.#grain), fineBins).merge(set);
  }
}

/** The bins, each `width` long, that begin in a stretch of time. */
function* between(bins: Map<number, StatisticSet>, width: number, from: number, to: number): Generator<StatisticSet> {
  if ((to - from) / width > bins.size) {
    for (const [start, set] of bins) if (start >= from && start < to) yield set;
    return;
  }
  for (let start = Math.ceil(from / width) * width; start < to; start += width) {
    const set = bins.get(start);
    if (set) yield set;
  }
}

function binOf(bins: Map<number, StatisticSet>, start: number, most: number): StatisticSet {
  const known = bins.get(start);
  if (known) return known;
  const bin = new StatisticSet();
  bins.set(start, bin);
  if (bins.size > most) {
    const [oldest] = bins.keys();
    if (oldest !== undefined) bins.delete(oldest);
  }
  return bin;
}

function keyOf({ namespace, name, dimensions }: Metric): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
