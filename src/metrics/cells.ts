import { Counter, type CounterConfiguration, Gauge, type GaugeConfiguration, type LabelValues } from 'prom-client';

/** One series: a number that whoever holds it changes. */
export interface Cell {
  value: number;
}

/** Makes the series of the labels; to be asked once for each. */
export type MakeCell<Label extends string> = (labels: LabelValues<Label>) => Cell;

// prom-client joins and hashes the labels at every observation, with `labels()` too, which costs a request more than all else that is counted
// of it. A cell is found once and costs an addition from then on; prom-client sees it when it is scraped.

export function cellCounter<Label extends string>(settings: CounterConfiguration<Label>): MakeCell<Label> {
  const cells: [LabelValues<Label>, Cell][] = [];
  new Counter<Label>({
    ...settings,
    collect() {
      this.reset();
      for (const [labels, { value }] of cells) this.inc(labels, value);
    },
  });
  return (labels) => {
    const cell = { value: 0 };
    cells.push([labels, cell]);
    return cell;
  };
}

/** What is read only when it is asked for. */
export interface Reading<Label extends string> {
  readonly labels: LabelValues<Label>;
  readonly value: number;
}

/** A gauge that costs nothing until it is scraped. */
export function readGauge<Label extends string>(
  settings: GaugeConfiguration<Label>,
  read: () => Iterable<Reading<Label>>,
): void {
  new Gauge<Label>({
    ...settings,
    collect() {
      this.reset();
      for (const { labels, value } of read()) this.set(labels, value);
    },
  });
}
