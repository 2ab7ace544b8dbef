import type { FieldError } from '../../errors.ts';
import { invalidFields } from '../invalid.ts';
import { isMissing } from './cells.ts';
import { isNumeric, repeated } from './header.ts';
import { type ColumnProfile, type DatasetProfile, mostValues } from './profile-schema.ts';
import type { NewPreparation, OneHotCategory } from './schema.ts';

/** Under this name markers hold for every column. */
const everyColumn = '*';

/** How a column is written. */
interface Encoder {
  readonly column: number;
  /** New columns that it becomes. */
  readonly names: readonly string[];
  /** Their cells, with commas between. @throws Error that says what is wrong with the cell */
  encode(cell: string): string;
  readonly category?: OneHotCategory;
}

/** How the rows of a data set become numbers, label first. */
export interface Encoding {
  readonly columnNames: readonly string[];
  readonly encoders: readonly Encoder[];
  readonly classes?: readonly string[];
  readonly categories: readonly OneHotCategory[];
}

/** Tells whether a cell holds nothing: by itself, or since its value was said to mean that. */
type IsNothing = (cell: string) => boolean;

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Values of a column that mean something, in order; undefined when there are too many to know. */
const valuesOf = ({ values }: ColumnProfile, isNothing: IsNothing): string[] | undefined =>
  values
    ?.map(({ value }) => value)
    .filter((value) => !isNothing(value))
    .sort(byName);

class EncodingPlanner {
  readonly #profile: DatasetProfile;
  readonly #order: NewPreparation;
  readonly #faults: FieldError[] = [];

  constructor(profile: DatasetProfile, order: NewPreparation) {
    this.#profile = profile;
    this.#order = order;
  }

  plan(): Encoding {
    const { label, dropColumns = [] } = this.#order;
    this.#checkNames();
    const dropped = new Set([label, ...dropColumns]);
    const { encoder, classes } = this.#label();
    const features = this.#profile.columns.flatMap((column, index) =>
      dropped.has(column.name) ? [] : [this.#feature(column, index)],
    );
    const encoders = [encoder, ...features].filter((one) => one !== undefined);
    const columnNames = encoders.flatMap(({ names }) => names);
    const twice = repeated(columnNames);
    if (twice !== undefined) this.#fault('', `would have two columns "${twice}"`);
    if (features.length === 0) this.#fault('/dropColumns', 'leaves no column to learn from');
    if (this.#faults.length > 0) throw invalidFields(this.#faults);
    const categories = encoders.map(({ category }) => category).filter((category) => category !== undefined);
    return { columnNames, encoders, categories, ...(classes === undefined ? {} : { classes }) };
  }

  #fault(pointer: string, detail: string): undefined {
    this.#faults.push({ pointer, detail });
  }

  #checkNames(): void {
    const { label, dropColumns = [], missing = {}, categories = [] } = this.#order;
    const known = new Set(this.#profile.columns.map(({ name }) => name));
    const check = (pointer: string, name: string) => {
      if (!known.has(name)) this.#fault(pointer, `names "${name}", which is not a column of the data set`);
    };
    check('/label', label);
    for (const [index, name] of dropColumns.entries()) {
      check(`/dropColumns/${index}`, name);
      if (name === label) this.#fault(`/dropColumns/${index}`, 'is the label');
    }
    for (const [index, name] of categories.entries()) check(`/categories/${index}`, name);
    for (const name of Object.keys(missing)) {
      if (name !== everyColumn) check(`/missing/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, name);
    }
  }

  #markers(column: string, general: readonly string[] = this.#order.missing?.[everyColumn] ?? []): IsNothing {
    const markers = new Set([...general, ...(this.#order.missing?.[column] ?? [])]);
    return (cell) => isMissing(cell) || markers.has(cell.trim());
  }

  #label(): { encoder?: Encoder; classes?: string[] } {
    const { label, classes: given } = this.#order;
    const column = this.#profile.columns.findIndex(({ name }) => name === label);
    const profile = this.#profile.columns[column];
    if (profile === undefined) return {};
    if (profile.missing > 0) this.#fault('/label', `has no value in ${profile.missing} rows`);
    if (given === undefined && (profile.type === 'integer' || profile.type === 'number')) {
      return { encoder: { column, names: [label], encode: asNumber } };
    }
    const found = valuesOf(profile, this.#markers(label, []));
    if (found === undefined || (given === undefined && profile.type === 'text')) {
      this.#fault('/label', 'holds more different texts than there can be classes');
      return {};
    }
    const classes = given ?? found;
    const others = found.filter((value) => !classes.includes(value));
    if (others.length > 0) this.#fault('/classes', `lacks the value "${others[0]}" of the label`);
    const indexes = new Map(classes.map((value, index) => [value, String(index)]));
    const encode = (cell: string): string => {
      const index = indexes.get(cell);
      if (index === undefined) throw new Error('is none of the classes');
      return index;
    };
    return { encoder: { column, names: [label], encode }, classes };
  }

  #feature(profile: ColumnProfile, column: number): Encoder | undefined {
    const { name } = profile;
    const isNothing = this.#markers(name);
    const values = valuesOf(profile, isNothing);
    const isCategory = this.#order.categories?.includes(name) === true;
    if (!isCategory && values?.every(isNumeric)) {
      return { column, names: [name], encode: (cell) => (isNothing(cell) ? '' : asNumber(cell)) };
    }
    if (values === undefined || profile.distinct === undefined) {
      return this.#fault('/dropColumns', `should name "${name}", which has over ${mostValues} different texts`);
    }
    return categoryEncoder(name, column, values, isNothing);
  }
}

function asNumber(cell: string): string {
  if (!isNumeric(cell)) throw new Error('is no number');
  return cell.trim();
}

/** One column for each value. A missing value is missing in all of them, which is not the same as none of them. */
function categoryEncoder(name: string, column: number, values: readonly string[], isNothing: IsNothing): Encoder {
  const columns = values.map((value) => `${name}_${value}`);
  const nothing = ','.repeat(Math.max(0, values.length - 1));
  const cells = new Map(
    values.map((value, chosen) => [value, values.map((_value, index) => (index === chosen ? 1 : 0)).join(',')]),
  );
  return {
    column,
    names: columns,
    encode(cell) {
      const encoded = isNothing(cell) ? nothing : cells.get(cell);
      if (encoded === undefined) throw new Error('is none of the values that the profile has counted');
      return encoded;
    },
    category: { name, categories: [...values], columns },
  };
}

/** @throws GatewayError naming every wrong field */
export const planEncoding = (profile: DatasetProfile, order: NewPreparation): Encoding =>
  new EncodingPlanner(profile, order).plan();
