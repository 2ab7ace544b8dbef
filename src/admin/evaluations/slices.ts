import { isMissing } from '../datasets/cells.ts';
import { isNumeric } from '../datasets/header.ts';
import { Numbers } from './numbers.ts';
import type { SliceColumn } from './scored-table.ts';

/** A column of more different values is told by ranges if they are numbers; of texts the rarest are put together. */
const mostNumbers = 12;
const mostTexts = 50;
/** Different texts that are told apart while the rows pass. */
const mostKept = 10_000;
const others = '(others)';
const nothing = '(missing)';

/** Learns as the rows pass which of them belong together by a column. */
export class Slicer {
  readonly #column: string;
  readonly #codes = new Numbers();
  readonly #codeOf = new Map<string, number>();
  /** Of a column of numbers their values, NaN where there is none. */
  #numbers: Numbers | undefined = new Numbers();

  constructor(column: string) {
    this.#column = column;
  }

  add(cell: string): void {
    const value = isMissing(cell) ? nothing : cell.trim();
    if (value !== nothing && !isNumeric(value)) this.#numbers = undefined;
    this.#numbers?.push(value === nothing ? Number.NaN : Number(value));
    let code = this.#codeOf.get(value);
    if (code === undefined) {
      code = this.#codeOf.size < mostKept ? this.#codeOf.size : mostKept;
      if (code < mostKept) this.#codeOf.set(value, code);
    }
    this.#codes.push(code);
  }

  finish(): SliceColumn {
    if (this.#numbers !== undefined && this.#codeOf.size > mostNumbers) return this.#ranges(this.#numbers.all());
    return this.#texts();
  }

  #texts(): SliceColumn {
    const codes = this.#codes.all();
    const rows = new Map<number, number>();
    for (const code of codes) rows.set(code, (rows.get(code) ?? 0) + 1);
    const kept = [...this.#codeOf]
      .sort(([, a], [, b]) => (rows.get(b) ?? 0) - (rows.get(a) ?? 0))
      .slice(0, mostTexts)
      .sort(([a], [b]) => (isNumeric(a) && isNumeric(b) ? Number(a) - Number(b) : a < b ? -1 : 1));
    const place = new Map(kept.map(([, code], index) => [code, index]));
    return {
      column: this.#column,
      values: [...kept.map(([value]) => value), others],
      codes: codes.map((code) => place.get(code) ?? kept.length),
    };
  }

  #ranges(numbers: Float64Array): SliceColumn {
    const sorted = numbers.filter((value) => !Number.isNaN(value)).sort();
    const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
    const limits = [...new Set([0, 0.25, 0.5, 0.75, 1].map(at))];
    const last = limits.length - 2;
    const rangeOf = (value: number): number => {
      if (Number.isNaN(value)) return last + 1;
      const above = limits.findIndex((limit) => value < limit);
      return Math.min(last, above < 0 ? last : above - 1);
    };
    const ranges = limits.slice(0, -1).map((low, i) => `${low} to ${i === last ? '' : 'under '}${limits[i + 1]}`);
    return { column: this.#column, values: [...ranges, nothing], codes: numbers.map(rangeOf) };
  }
}
