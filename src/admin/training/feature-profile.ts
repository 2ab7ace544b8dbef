import type { Feature } from '../../config/feature.ts';
import { isMissing } from '../datasets/cells.ts';
import { isNumeric } from '../datasets/header.ts';
import type { OneHotCategory } from '../datasets/schema.ts';
import { findOneHotGroups, type OneHotGroup } from './one-hot.ts';

/** A column of more different texts is no list to choose from. */
const maxCategories = 100;

type Example = NonNullable<Feature['example']> | null;

/** What the rows seen so far say of one column. */
class ColumnProfile {
  min = Number.POSITIVE_INFINITY;
  max = Number.NEGATIVE_INFINITY;
  isInteger = true;
  isBinary = true;
  isText = false;
  ones = 0;
  companion = -1;
  readonly texts = new Set<string>();

  /** @returns the number in the cell, NaN where there is none */
  add(cell: string): number {
    const value = Number(cell);
    if (!Number.isNaN(value) && (value !== 0 || cell.trim() !== '')) return this.#addNumber(value);
    this.isBinary = false;
    if (!isMissing(cell)) {
      this.isText = true;
      if (this.texts.size <= maxCategories) this.texts.add(cell);
    }
    return Number.NaN;
  }

  #addNumber(value: number): number {
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (this.isInteger && !Number.isInteger(value)) this.isInteger = false;
    if (this.isBinary && value !== 0 && value !== 1) this.isBinary = false;
    return value;
  }

  describe(name: string, example: Example): Feature {
    if (this.isText) {
      const categories = [...this.texts].sort();
      // A column that also holds numbers is text of any kind.
      const known = categories.length <= maxCategories && this.min > this.max;
      return { name, type: 'category', ...(known ? { categories } : {}), example };
    }
    // Of a column that is always 0 nobody can say that it could not be 2.
    const type = this.isBinary && this.min < this.max ? 'boolean' : this.isInteger ? 'integer' : 'number';
    const range = Number.isFinite(this.min) && Number.isFinite(this.max) ? { min: this.min, max: this.max } : {};
    return type === 'boolean' ? { name, type, example } : { name, type, ...range, example };
  }
}

const exampleOf = (cell: string): Example => (isNumeric(cell) ? Number(cell) : isMissing(cell) ? null : cell);

/** Learns from the rows of a training set what each feature of the model may be. */
export class FeatureProfile {
  readonly #names: readonly string[];
  readonly #columns: readonly ColumnProfile[];
  readonly #known: readonly OneHotCategory[] | undefined;
  readonly #missing: Readonly<Record<string, readonly string[]>>;
  #first: readonly string[] = [];
  #rows = 0;

  /**
   * @param known categories in one-hot form of which their maker has told; others are looked for
   * @param missing values that meant there is none before the rows were prepared, by feature; under `*` of every one
   */
  constructor(
    names: readonly string[],
    known?: readonly OneHotCategory[],
    missing: Readonly<Record<string, readonly string[]>> = {},
  ) {
    this.#names = names;
    this.#known = known;
    this.#missing = missing;
    this.#columns = names.map(() => new ColumnProfile());
  }

  /** Takes a row; feature `i` stands in its cell `positions[i]`. */
  add(cells: readonly string[], positions: readonly number[]): void {
    if (this.#rows === 0) this.#first = positions.map((position) => cells[position] ?? '');
    this.#rows += 1;
    let lastOne = -1;
    for (const [i, column] of this.#columns.entries()) {
      if (column.add(cells[positions[i] ?? 0] ?? '') !== 1) continue;
      column.ones += 1;
      if (lastOne > column.companion) column.companion = lastOne;
      lastOne = i;
    }
  }

  /** The features in the order of the model; columns that are one category in one-hot form make one. */
  features(): Feature[] {
    const groups = this.#known?.flatMap((category) => this.#whole(category)) ?? this.#find();
    const groupAt = new Map(groups.map((group) => [group.start, group]));
    const features: Feature[] = [];
    for (let i = 0; i < this.#columns.length; ) {
      const group = groupAt.get(i);
      features.push(this.#marked(group ? this.#category(group) : this.#single(i)));
      i = group?.end ?? i + 1;
    }
    return features;
  }

  /** A caller says of a row what the training data said before it was prepared. */
  #marked(feature: Feature): Feature {
    const markers = [...new Set([...(this.#missing['*'] ?? []), ...(this.#missing[feature.name] ?? [])])];
    return markers.length === 0 ? feature : { ...feature, missing: markers };
  }

  #find(): OneHotGroup[] {
    const columns = this.#columns;
    return findOneHotGroups({
      names: this.#names,
      rows: this.#rows,
      isBinary: (i) => columns[i]?.isBinary === true,
      ones: (i) => columns[i]?.ones ?? 0,
      companion: (i) => columns[i]?.companion ?? -1,
    });
  }

  /** A known category, unless some of its columns are not taken. */
  #whole({ name, columns }: OneHotCategory): OneHotGroup[] {
    const start = this.#names.indexOf(columns[0] ?? '');
    const isWhole = start >= 0 && columns.every((column, i) => this.#names[start + i] === column);
    return isWhole ? [{ name, start, end: start + columns.length }] : [];
  }

  #single(i: number): Feature {
    const name = this.#names[i] ?? '';
    return (this.#columns[i] as ColumnProfile).describe(name, exampleOf(this.#first[i] ?? ''));
  }

  #category({ name, start, end }: OneHotGroup): Feature {
    const columns = this.#names.slice(start, end);
    const categories = columns.map((column) => column.slice(name.length + 1));
    const chosen = this.#first.slice(start, end).findIndex((cell) => Number(cell) === 1);
    return { name, type: 'category', categories, columns, example: categories[chosen] ?? null };
  }
}
