import type { RowFaults } from '../row-faults.ts';
import type { Cell } from '../schemas.ts';
import { type Column, isText, type Layout, unmarked } from './layout.ts';
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
    const wrong = wrongCell(column, isText(column), unmarkedCell(row[i] ?? null, column, layout), strictRanges);
    if (wrong !== undefined) faults.add(place.pointer(i), `${place.prefix}${wrong}`);
  }
  if (layout.markers.size === 0) return row;
  return columns.map((column, i) => unmarkedCell(row[i] ?? null, column, layout));
}

/** Null for a marked value of a column. Those of a category in one-hot form hold 0 and 1, which mark nothing. */
export const unmarkedCell = (cell: Cell, { feature, category }: Column, layout: Layout): Cell =>
  category === undefined ? unmarked(cell, feature, layout) : cell;

/** Whether features are all that a row names, as most do: then nobody need look for their columns. */
const isByFeatures = (row: Readonly<Record<string, unknown>>, { featureNames }: Layout): boolean => {
  for (const name of Object.keys(row)) if (!featureNames.has(name)) return false;
  return true;
};

/** Finds names that the model does not know, and those that it needs and does not get. */
export function checkNames(row: Readonly<Record<string, unknown>>, layout: Layout, place: RowPlace, faults: RowFaults) {
  const add = (name: string, detail: string) => faults.add(place.pointer(name), `${place.prefix}${detail}`);
  const byFeatures = isByFeatures(row, layout);
  if (!byFeatures) {
    for (const name of Object.keys(row)) {
      if (!layout.names.has(name)) add(name, `${name} is not a feature of the model`);
    }
  }
  for (const { name, columns = [], default: standard } of layout.features) {
    const isGiven = Object.hasOwn(row, name);
    const raw = byFeatures ? undefined : columns.find((column) => Object.hasOwn(row, column));
    if (raw === undefined) {
      if (!isGiven && standard === undefined) add(name, `feature ${name} is missing`);
    } else if (isGiven) add(name, `${name} is given twice, as itself and as ${raw}`);
    else {
      for (const column of columns) if (!Object.hasOwn(row, column)) add(column, `column ${column} is missing`);
    }
  }
}

/** A row whose names are checked as the model's columns. */
export function flatten(row: NamedRow, layout: Layout, place: RowPlace, faults: RowFaults): FlatRow {
  const { strictRanges } = layout;
  const byFeatures = isByFeatures(row, layout);
  const cells: Cell[] = [];
  const add = (at: string, wrong: string | undefined) => {
    if (wrong !== undefined) faults.add(place.pointer(at), `${place.prefix}${wrong}`);
  };
  for (const feature of layout.features) {
    const { name, columns } = feature;
    if (!byFeatures && columns?.some((column) => Object.hasOwn(row, column))) {
      for (const column of columns) {
        const cell = row[column] ?? null;
        add(column, wrongCell({ name: column, feature }, false, cell, strictRanges));
        cells.push(cell);
      }
      continue;
    }
    const given = Object.hasOwn(row, name) ? row[name] : feature.default;
    // That it is missing was told already.
    if (given === undefined) continue;
    const value = unmarked(given, feature, layout);
    add(name, wrongValue(feature, value, strictRanges));
    if (columns === undefined) cells.push(value);
    // A category that is missing is missing in each of its columns, which is not the same as none of them.
    else if (value === null) for (const _column of columns) cells.push(null);
    else cells.push(...(layout.oneHot.get(feature)?.get(String(value)) ?? []));
  }
  return cells;
}
