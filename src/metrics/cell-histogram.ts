import { Histogram, type HistogramConfiguration, type LabelValues, type MetricValueWithName } from 'prom-client';

/** One series of a histogram. */
export class HistogramCell {
  readonly #bounds: readonly number[];
  /** Observations by bucket, each in one only; the last is for those above every bound. */
  readonly counts: Float64Array;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let bucket = 0;
    while (value > (this.#bounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket += 1;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += value;
  }
}

/** A histogram whose series are found once, as those of cells.ts. */
export class CellHistogram<Label extends string> extends Histogram<Label> {
  readonly #settings: HistogramConfiguration<Label>;
  readonly #bounds: readonly number[];
  readonly #cells: [LabelValues<Label>, HistogramCell][] = [];

  constructor(settings: HistogramConfiguration<Label> & { readonly buckets: number[] }) {
    super(settings);
    this.#settings = settings;
    this.#bounds = settings.buckets;
  }

  /** Makes the series of the labels; to be asked once for each. */
  cell(labels: LabelValues<Label>): HistogramCell {
    const cell = new HistogramCell(this.#bounds);
    this.#cells.push([labels, cell]);
    return cell;
  }

  override get(): ReturnType<Histogram<Label>['get']> {
    // Its declarations want a collect(), which prom-client does not give either.
    return this.getForPromString() as unknown as ReturnType<Histogram<Label>['get']>;
  }

  /** What prom-client makes the text from; its declarations leave it out. */
  async getForPromString() {
    const { name, help } = this.#settings;
    const values = this.#cells.flatMap(([labels, cell]) => this.#valuesOf(name, labels, cell));
    return { name, help, type: 'histogram', aggregator: 'sum', values };
  }

  #valuesOf(name: string, labels: LabelValues<Label>, { counts, sum }: HistogramCell): MetricValueWithName<Label>[] {
    let count = 0;
    const buckets = [...this.#bounds, '+Inf'].map((le, i) => {
      count += counts[i] ?? 0;
      return { labels: { ...labels, le }, value: count, metricName: `${name}_bucket` };
    });
    return [
      ...buckets,
      { labels, value: sum, metricName: `${name}_sum` },
      { labels, value: count, metricName: `${name}_count` },
    ];
  }
}
