import { LogCollapsingLowestDenseDDSketch } from '@datadog/sketches-js';
import { isMissing } from './cells.ts';
import { Moments, type NumberSummary, summarizeCounted, summarizeSketched, type Weighted } from './number-summary.ts';
import { type ColumnProfile, mostValues } from './profile-schema.ts';

/** Longer texts are no categories, and are not kept. */
const longestValue = 256;

class Counter {
  readonly number: number;
  count: number;

  /** @param number NaN for a text */
  constructor(number: number, count: number) {
    this.number = number;
    this.count = count;
  }

  get isText(): boolean {
    return Number.isNaN(this.number);
  }
}

/** The number in a cell; NaN for a text. Infinite numbers are texts, since no statistics can be made with them. */
function numberIn(cell: string): number {
  const value = Number(cell);
  return Number.isFinite(value) ? value : Number.NaN;
}

/**
 * Learns what stands in a column, in bounded memory: values are counted one by one, and exactly, while there are few different ones; then numbers
 * go to a sketch (DDSketch: quantiles within 0.5% of their value), and of texts no more is known than that there are many.
 */
export class ColumnStats {
  readonly #limit: number;
  #missing = 0;
  #integersOnly = true;
  #numbers = 0;
  #counters = new Map<string, Counter>();
  /** Some values are not among the counters. */
  #manyTexts = false;
  #sketch: LogCollapsingLowestDenseDDSketch | undefined;
  readonly #moments = new Moments();

  /** @param limit different values that are counted one by one */
  constructor(limit = mostValues) {
    this.#limit = limit;
  }

  /** @param times how often the cell stands there */
  add(cell: string, times = 1): void {
    const known = this.#counters.get(cell);
    if (known !== undefined) {
      known.count += times;
      if (!known.isText) this.#numbers += times;
      return;
    }
    if (isMissing(cell)) {
      this.#missing += times;
      return;
    }
    const number = numberIn(cell);
    if (Number.isNaN(number)) this.#addText(cell, times);
    else this.#addNumber(cell, number, times);
  }

  #addNumber(cell: string, number: number, times: number): void {
    this.#numbers += times;
    if (!Number.isInteger(number)) this.#integersOnly = false;
    if (this.#sketch === undefined && !this.#isFull()) {
      this.#counters.set(cell, new Counter(number, times));
      return;
    }
    if (this.#sketch === undefined) this.#startSketch();
    this.#toSketch(number, times);
  }

  #addText(cell: string, times: number): void {
    if (this.#manyTexts) return;
    if (cell.length > longestValue || this.#isFull()) this.#forgetTexts();
    else this.#counters.set(cell, new Counter(Number.NaN, times));
  }

  #isFull(): boolean {
    return this.#counters.size >= this.#limit;
  }

  #toSketch(number: number, times = 1): void {
    this.#sketch?.accept(number, times);
    this.#moments.add(number, times);
  }

  #startSketch(): void {
    this.#sketch = new LogCollapsingLowestDenseDDSketch({ relativeAccuracy: 0.005, binLimit: 4096 });
    for (const [cell, { number, count, isText }] of this.#counters) {
      if (isText) continue;
      this.#toSketch(number, count);
      this.#counters.delete(cell);
    }
  }

  #forgetTexts(): void {
    this.#manyTexts = true;
    for (const [cell, { isText }] of this.#counters) if (isText) this.#counters.delete(cell);
  }

  describe(name: string): ColumnProfile {
    const counters = [...this.#counters];
    const texts = counters.filter(([, { isText }]) => isText);
    const all = this.#sketch === undefined && !this.#manyTexts;
    return {
      name,
      type: this.#type(texts.length),
      missing: this.#missing,
      numbers: this.#numbers,
      ...(all ? { distinct: counters.length } : {}),
      ...(this.#numbers > 0 ? this.#summary() : {}),
      ...(this.#manyTexts ? {} : { values: ordered(all ? counters : texts) }),
    };
  }

  #type(texts: number): ColumnProfile['type'] {
    if (this.#manyTexts || (texts > 0 && this.#sketch !== undefined)) return 'text';
    if (texts > 0) return 'category';
    if (this.#numbers === 0) return 'empty';
    return this.#integersOnly ? 'integer' : 'number';
  }

  #summary(): NumberSummary {
    if (this.#sketch !== undefined) return summarizeSketched(this.#sketch, this.#moments);
    const numbers: Weighted[] = [];
    for (const { number, count, isText } of this.#counters.values()) {
      if (!isText) numbers.push({ value: number, count });
    }
    return summarizeCounted(numbers);
  }
}

const ordered = (counters: readonly [string, Counter][]) =>
  counters
    .map(([value, { count }]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
