import type { RowFaults } from '../row-faults.ts';
import type { Cell } from '../schemas.ts';

/** Rows out of columns: the value `i` of each makes the row `i`. The first column says how many there are. */
export function rowsOfColumns(
  columns: Readonly<Record<string, readonly Cell[]>>,
  faults: RowFaults,
): Record<string, Cell>[] {
  const entries = Object.entries(columns);
  const [first, values = []] = entries[0] ?? [];
  for (const [name, { length }] of entries) {
    if (length !== values.length) {
      faults.add(pointerOf(name), `${name} has ${length} values, ${first} has ${values.length}`);
    }
  }
  return values.map((_value, i) => Object.fromEntries(entries.map(([name, cells]) => [name, cells[i] ?? null])));
}

const pointerOf = (name: string): string => `/columns/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
