import type { Feature } from '../../config/feature.ts';
import type { RowFaults } from '../row-faults.ts';
import type { Cell } from '../schemas.ts';
import { isText, type Layout } from './layout.ts';
import type { RowPlace } from './row-place.ts';
import { wrongCell, wrongValue } from './value.ts';

/** A row as the model's columns. */
export type FlatRow = readonly Cell[];

/** A row by the names of its features, or of the columns of one that is one-hot. */
export type NamedRow = Readonly<Record<string, Cell>>;

/** Checks a row that is given as the model's columns. */
export function checkColumns(row: FlatRow, layout: Layout, place: RowPlace, faults: RowFaults): FlatRow {
  const { columns, strictRanges } = layout;
  if (row.length !== columns.length) {
    faults.add(place.pointer(), `${place.subject} has ${row.length} columns, the model takes ${columns.length}`);
    return row;
  }
  for (const [i, column] of columns.entries()) {
    const wrong = wrongCell(column, isText(column), row[i] ?? null, strictRanges);
    if (wrong !== undefined) faults.add(place.pointer(i), `${place.prefix}${wrong}`);
  }
  return row;
}

/** Finds names that the model does not know, and those that it needs and does not get. */
export function checkNames(row: Readonly<Record<string, unknown>>, layout: Layout, place: RowPlace, faults: RowFaults) {
  const add = (name: string, detail: string) => faults.add(place.pointer(name), `${place.prefix}${detail}`);
  for (const name of Object.keys(row)) {
    if (!layout.names.has(name)) add(name, `${name} is not a feature of the model`);
  }
  for (const { name, columns = [], default: standard } of layout.features) {
    const isGiven = Object.hasOwn(row, name);
    const raw = columns.find((column) => Object.hasOwn(row, column));
    if (raw === undefined) {
      if (!isGiven && standard === undefined) add(name, `feature ${name} is missing`);
    } else if (isGiven) add(name, `${name} is given twice, as itself and as ${raw}`);
    else {
      for (const column of columns) if (!Object.hasOwn(row, column)) add(column, `column ${column} is missing`);
    }
  }
}

function cellsOf(feature: Feature, row: NamedRow, layout: Layout, place: RowPlace, faults: RowFaults): FlatRow {
  const { name, columns, categories, default: standard } = feature;
  const { strictRanges } = layout;
  const add = (at: string, wrong: string | undefined) => {
    if (wrong !== undefined) faults.add(place.pointer(at), `${place.prefix}${wrong}`);
  };
  const value = Object.hasOwn(row, name) ? row[name] : standard;
  if (columns?.some((column) => Object.hasOwn(row, column))) {
    return columns.map((column) => {
      add(column, wrongCell({ name: column, feature }, false, row[column] ?? null, strictRanges));
      return row[column] ?? null;
    });
  }
  // That it is missing was told already.
  if (value === undefined) return [];
  add(name, wrongValue(feature, value, strictRanges));
  // A category that is missing is missing in each of its columns, which is not the same as none of them.
  return columns?.map((_column, i) => (value === null ? null : categories?.[i] === String(value) ? 1 : 0)) ?? [value];
}

/** A row whose names are checked as the model's columns. */
export const flatten = (row: NamedRow, layout: Layout, place: RowPlace, faults: RowFaults): FlatRow =>
  layout.features.flatMap((feature) => cellsOf(feature, row, layout, place, faults));
