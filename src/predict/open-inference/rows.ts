import { isText, type Layout, layoutOf } from '../features/layout.ts';
import { type ModelInput, readInput } from '../input.ts';
import { formatOf } from '../media-type.ts';
import type { CallableModel } from '../model.ts';
import type { Cell, PredictBody } from '../schemas.ts';
import type { Tensor } from './schemas.ts';
import { type Matrix, matrixOf, refused } from './tensor.ts';

const number = /^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$/;

/** BYTES are text; where the model has a number, the number that it says, and nothing is a missing value. */
function cellOf(element: number | string | null, holdsText: boolean): Cell {
  if (holdsText || typeof element !== 'string') return element;
  if (element.trim() === '') return null;
  return number.test(element) ? Number(element) : element;
}

const isTextFeature = (layout: Layout | undefined, name: string): boolean =>
  layout?.features.some((feature) => feature.name === name && feature.type === 'category') ?? false;

/** Rows of one tensor, in the order of the model's columns. */
function rowsOf({ rows, width, cells }: Matrix, layout: Layout | undefined): PredictBody {
  const text = Array.from({ length: width }, (_, column) => {
    const known = layout?.columns[column];
    return known !== undefined && isText(known);
  });
  const instances = Array.from({ length: rows }, (_, row) =>
    cells.slice(row * width, (row + 1) * width).map((element, column) => cellOf(element, text[column] ?? false)),
  );
  return { instances };
}

/** One tensor for each feature, in any order; where the features are not known, in that of the model's columns. */
function columnsOf(matrices: readonly Matrix[], layout: Layout | undefined): PredictBody {
  const names = new Set<string>();
  for (const { name, width } of matrices) {
    if (width !== 1) throw refused(`The input ${name} must have one column, as one of several inputs.`);
    if (names.has(name)) throw refused(`The input ${name} is given twice.`);
    names.add(name);
  }
  if (layout !== undefined) {
    const columns = matrices.map(({ name, cells }) => {
      const holdsText = isTextFeature(layout, name);
      return [name, cells.map((element) => cellOf(element, holdsText))] as const;
    });
    return { columns: Object.fromEntries(columns) };
  }
  const [{ name: first, rows } = { name: '', rows: 0 }] = matrices;
  for (const matrix of matrices) {
    if (matrix.rows !== rows) throw refused(`${matrix.name} has ${matrix.rows} values, ${first} has ${rows}.`);
  }
  const instances = Array.from({ length: rows }, (_, row) =>
    matrices.map(({ cells }) => cellOf(cells[row] ?? null, false)),
  );
  return { instances };
}

export interface RowInput extends ModelInput {
  readonly rows: number;
}

/** The rows in the tensors of a request, checked like those of every other request and in the bytes that the model takes. */
export function inputFromTensors(inputs: readonly Tensor[], model: CallableModel): RowInput {
  if (formatOf(model.contentType) === undefined) {
    throw refused(`The model ${model.name} takes ${model.contentType}, which is not rows.`);
  }
  const layout = layoutOf(model);
  const matrices = inputs.map(matrixOf);
  const [only] = matrices;
  if (only === undefined || matrices.some(({ rows }) => rows === 0)) throw refused('There is no row to predict.');
  const byName = matrices.length > 1 || (only.width === 1 && layout?.names.has(only.name) === true);
  const value = byName ? columnsOf(matrices, layout) : rowsOf(only, layout);
  const input = readInput({ contentType: 'application/json', bytes: Buffer.alloc(0), json: { value } }, model);
  return { ...input, rows: only.rows };
}
