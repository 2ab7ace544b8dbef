import type { ModelRow } from './codecs/write-rows.ts';
import { checkColumns, checkNames, type FlatRow, flatten } from './features/flatten.ts';
import type { Layout } from './features/layout.ts';
import type { RowPlace } from './features/row-place.ts';
import type { RowFormat } from './media-type.ts';
import type { RowFaults } from './row-faults.ts';
import type { Instance } from './schemas.ts';

export interface RowReading {
  /** Undefined when the features of the model are not known. */
  readonly layout: Layout | undefined;
  /** That the model takes. */
  readonly format: RowFormat;
  placeOf(i: number): RowPlace;
  readonly faults: RowFaults;
}

/** Without features there is no order for names, but a model that takes JSON knows them itself. */
function unknownRow(row: Instance, { format, faults }: RowReading, place: RowPlace): ModelRow {
  if (Array.isArray(row)) {
    if (format === 'libsvm' && row.some((cell) => typeof cell === 'string')) {
      faults.add(place.pointer(), `${place.subject} holds text, the model takes numbers`);
    }
  } else if (format === 'csv' || format === 'libsvm') {
    faults.add(place.pointer(), 'the features of this model are not known, so rows must be arrays');
  }
  return row;
}

/** Training data has 1 for true, and so have the models that it made. */
const asNumbers = (row: FlatRow): FlatRow =>
  row.some((cell) => typeof cell === 'boolean')
    ? row.map((cell) => (typeof cell === 'boolean' ? Number(cell) : cell))
    : row;

/** Rows as they were given, checked against the model's features and in the order of its columns. */
export function modelRows(rows: readonly Instance[], reading: RowReading): ModelRow[] {
  const { layout, placeOf, faults } = reading;
  return rows.map((row, i) => {
    const place = placeOf(i);
    if (layout === undefined) return unknownRow(row, reading, place);
    if (Array.isArray(row)) return asNumbers(checkColumns(row, layout, place, faults));
    checkNames(row, layout, place, faults);
    return asNumbers(flatten(row, layout, place, faults));
  });
}
