import { GatewayError } from '../../errors.ts';
import { isNumeric } from '../datasets/header.ts';
import type { Problem } from './schema.ts';

/** More classes than a confusion matrix can show. */
const mostClasses = 200;

/** Reads the truth in a cell; undefined when there is none. */
type Reader = (cell: string) => number | undefined;

const numberReader: Reader = (cell) => (isNumeric(cell) ? Number(cell) : undefined);

function classReader(classes: number, names: readonly string[]): Reader {
  const indexes = new Map(names.map((name, k) => [name, k]));
  return (cell) => {
    const named = indexes.get(cell);
    if (named !== undefined || !isNumeric(cell)) return named;
    const index = Number(cell);
    return Number.isInteger(index) && index >= 0 && index < classes ? index : undefined;
  };
}

/**
 * Reads the truths of rows, one after the other: the index of a class, which may also be told by its name, or the number of a regression.
 * Throws a GatewayError that names the row.
 */
export function truthReader(problem: Problem, column: string, labels: readonly string[] = []) {
  const names = labels.map((name) => `"${name}"`).join(' or ');
  const classes = problem === 'binary' ? 2 : labels.length || mostClasses;
  const read = problem === 'regression' ? numberReader : classReader(classes, labels);
  const indexes = problem === 'binary' ? '0 or 1' : `0 to ${classes - 1}`;
  const wanted = problem === 'regression' ? 'a number' : names === '' ? indexes : `${indexes}, or ${names}`;
  let row = 0;
  return (text: string): number => {
    row += 1;
    const cell = text.trim();
    const truth = read(cell);
    if (truth !== undefined) return truth;
    throw new GatewayError(
      'validation_failed',
      `Row ${row}, column "${column}" must be ${wanted}, not "${cell.slice(0, 50)}".`,
    );
  };
}
