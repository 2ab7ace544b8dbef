import { columnNamesOf, type Feature } from '../../config/feature.ts';
import { GatewayError } from '../../errors.ts';
import { csvLine, isMissing } from '../datasets/cells.ts';
import type { Table } from '../datasets/table.ts';
import { invalidField } from '../invalid.ts';
import type { EvaluatedModel } from './evaluated-model.ts';

/** Writes the rows of a table as a model takes them. */
export type RowWriter = (cells: readonly string[], row: number) => string;

/** How a feature is found in a table: in its own column, or in those that it is in for the model. */
type Source =
  | { readonly columns: readonly number[]; readonly markers: ReadonlySet<string> }
  | { readonly feature: Feature; readonly column: number };

function sourceOf(feature: Feature, positions: ReadonlyMap<string, number>): Source | undefined {
  const columns = (feature.columns ?? [feature.name]).map((name) => positions.get(name));
  // Columns of a category in one-hot form hold 0 and 1, which mark nothing.
  const markers = new Set(feature.columns === undefined ? feature.missing : []);
  if (!columns.includes(undefined)) return { columns: columns as number[], markers };
  const column = positions.get(feature.name);
  return column === undefined ? undefined : { feature, column };
}

const asWritten =
  (columns: readonly number[], markers: ReadonlySet<string>): RowWriter =>
  (cells) => {
    const found = columns.map((column) => cells[column] ?? '');
    return csvLine(markers.size === 0 ? found : found.map((cell) => (markers.has(cell.trim()) ? '' : cell)));
  };

/** A category as the columns of the model: missing in each of them when it is missing. */
function oneHot({ name, categories = [], missing }: Feature) {
  const markers = new Set(missing);
  const cells = new Map(
    categories.map((category, chosen) => [category, categories.map((_other, k) => (k === chosen ? 1 : 0)).join(',')]),
  );
  const nothing = ','.repeat(Math.max(0, categories.length - 1));
  return (cell: string, row: number): string => {
    const encoded = isMissing(cell) || markers.has(cell.trim()) ? nothing : cells.get(cell);
    if (encoded !== undefined) return encoded;
    const text = `Row ${row}, column "${name}" holds "${cell.slice(0, 50)}", which the model does not know.`;
    throw new GatewayError('validation_failed', text);
  };
}

/** Columns as they stand: all but the label. */
function asTheyStand(
  { features, name }: Pick<EvaluatedModel, 'features' | 'name'>,
  table: Table,
  labelColumn: number,
): RowWriter {
  const columns = [...table.columnNames.keys()].filter((column) => column !== labelColumn);
  const taken = features && columnNamesOf(features).length;
  if (taken !== undefined && columns.length !== taken) {
    const beside = labelColumn < 0 ? '' : ' beside the label';
    throw invalidField('/dataset', `has ${columns.length} columns${beside}, "${name}" takes ${taken}`);
  }
  return (cells) => csvLine(columns.map((column) => cells[column] ?? ''));
}

/**
 * By name where both sides have names, so that more columns and another order do no harm, and a category may stand there by its name though the
 * model takes it one-hot; else all but the label (if there is one), as they stand.
 * @throws GatewayError naming what is missing
 */
export function rowWriter(
  deployment: Pick<EvaluatedModel, 'features' | 'name'>,
  table: Table,
  labelColumn = -1,
): RowWriter {
  const { features, name } = deployment;
  if (features === undefined || !table.header) return asTheyStand(deployment, table, labelColumn);
  const positions = new Map(table.columnNames.map((column, index) => [column, index]));
  const sources = features.map((feature) => ({ feature, source: sourceOf(feature, positions) }));
  const missing = sources.filter(({ source }) => source === undefined).map(({ feature }) => `"${feature.name}"`);
  if (missing.length > 0) throw invalidField('/dataset', `lacks what "${name}" takes: ${missing.join(', ')}`);
  const writers = sources
    .map(({ source }) => source)
    .filter((source) => source !== undefined)
    .map((source): RowWriter => {
      if ('columns' in source) return asWritten(source.columns, source.markers);
      const encode = oneHot(source.feature);
      return (cells, row) => encode(cells[source.column] ?? '', row);
    });
  return (cells, row) => writers.map((write) => write(cells, row)).join(',');
}
