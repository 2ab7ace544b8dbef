import type { Feature } from '../../config/feature.ts';
import type { RowFaults } from '../row-faults.ts';
import type { Cell, Instance } from '../schemas.ts';
import { csvCell } from './csv.ts';

const escapePointer = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** A cell of a model with known features: a number, true or false, or null for missing. */
function numericCell(value: Cell | undefined, pointer: string, name: string, faults: RowFaults): string {
  if (typeof value === 'string') faults.add(pointer, `${name} must be a number, not text`);
  return value === undefined ? '' : csvCell(value);
}

function fromArray(cells: readonly Cell[], features: readonly Feature[], pointer: string, faults: RowFaults): string {
  if (cells.length !== features.length) {
    faults.add(pointer, `the row has ${cells.length} columns, the model takes ${features.length}`);
    return '';
  }
  return features.map(({ name }, i) => numericCell(cells[i], `${pointer}/${i}`, name, faults)).join(',');
}

function fromObject(
  row: Record<string, Cell>,
  features: readonly Feature[],
  known: ReadonlySet<string>,
  pointer: string,
  faults: RowFaults,
): string {
  for (const name of Object.keys(row)) {
    if (!known.has(name)) faults.add(`${pointer}/${escapePointer(name)}`, `${name} is not a feature of the model`);
  }
  return features
    .map(({ name }) => {
      const place = `${pointer}/${escapePointer(name)}`;
      if (!Object.hasOwn(row, name)) faults.add(place, `feature ${name} is missing`);
      return numericCell(row[name], place, name, faults);
    })
    .join(',');
}

/**
 * Instances as the CSV the model takes, one line a row. Objects need the model's features, to know the order; arrays are checked against
 * them where they are known.
 */
export function instancesToCsv(
  instances: readonly Instance[],
  features: readonly Feature[] | undefined,
  faults: RowFaults,
): string {
  const known = new Set(features?.map(({ name }) => name));
  const lines = instances.map((row, i) => {
    const pointer = `/instances/${i}`;
    if (Array.isArray(row)) {
      return features ? fromArray(row, features, pointer, faults) : row.map(csvCell).join(',');
    }
    if (features === undefined) {
      faults.add(pointer, 'the features of this model are not known, so rows must be arrays');
      return '';
    }
    return fromObject(row, features, known, pointer, faults);
  });
  return lines.join('\n');
}
