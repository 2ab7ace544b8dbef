import type { FieldError } from '../../errors.ts';
import type { Table } from '../datasets/table.ts';
import { invalidField, invalidFields } from '../invalid.ts';

/** Which columns of a data set become what. */
export interface ColumnPlan {
  readonly label: string;
  readonly features: readonly string[];
}

export function planColumns(train: Table, label: string, dropColumns: readonly string[]): ColumnPlan {
  const known = new Set(train.columnNames);
  const faults: FieldError[] = [];
  const check = (pointer: string, name: string) => {
    if (!known.has(name)) faults.push({ pointer, detail: `names "${name}", which is not a column of the data set` });
  };
  check('/label', label);
  for (const [index, name] of dropColumns.entries()) {
    check(`/dropColumns/${index}`, name);
    if (name === label) faults.push({ pointer: `/dropColumns/${index}`, detail: 'is the label' });
  }
  const dropped = new Set(dropColumns);
  const features = train.columnNames.filter((name) => name !== label && !dropped.has(name));
  if (features.length === 0) faults.push({ pointer: '/dropColumns', detail: 'leaves no column to learn from' });
  if (faults.length > 0) throw invalidFields(faults);
  return { label, features };
}

/** Where the columns of a plan stand in a table, label first. */
export const positions = ({ label, features }: ColumnPlan, table: Table): number[] =>
  [label, ...features].map((name) => table.columnNames.indexOf(name));

/** A validation set must have the columns of the training set; with names, in any order. */
export function requireSameColumns(train: Table, validation: Table): void {
  const missing = train.columnNames.find((name) => !validation.columnNames.includes(name));
  const unexpected = validation.columnNames.find((name) => !train.columnNames.includes(name));
  if (missing !== undefined) throw invalidField('/inputs/validation', `lacks the column "${missing}" of /inputs/train`);
  if (unexpected !== undefined) {
    throw invalidField('/inputs/validation', `has the column "${unexpected}", which /inputs/train has not`);
  }
}
