import { GatewayError } from '../errors.ts';
import { rowsOfColumns } from './codecs/columns.ts';
import { inspectCsv } from './codecs/csv.ts';
import { parseCsvRows } from './codecs/csv-rows.ts';
import { linesOf, parseJsonLines } from './codecs/json-lines.ts';
import { inspectLibsvm, withoutMarked } from './codecs/libsvm.ts';
import { writeRows } from './codecs/write-rows.ts';
import { checkNames, unmarkedCell } from './features/flatten.ts';
import { isText, layoutOf } from './features/layout.ts';
import {
  columnNamesPlace,
  columnValuePlace,
  csvRowPlace,
  instancePlace,
  linePlace,
  type RowPlace,
} from './features/row-place.ts';
import { formatOf } from './media-type.ts';
import type { CallableModel } from './model.ts';
import { modelRows } from './model-rows.ts';
import { RowFaults } from './row-faults.ts';
import type { Instance, PredictBody } from './schemas.ts';

/** A request in the bytes the model takes. */
export interface ModelInput {
  readonly contentType: string;
  readonly body: Buffer;
  /** Rows asked for; each must get its score. Undefined where the body is the model's own business, and so is the answer. */
  readonly rows?: number;
}

/** A request's body with what is known of it. */
export interface CallerBody {
  readonly contentType: string;
  readonly bytes: Buffer;
  /** Of JSON: what it says, and why it is none of the gateway's forms. */
  readonly json?: { readonly value: PredictBody; readonly fault?: Error | undefined };
}

const asItIs = ({ contentType, bytes }: CallerBody): ModelInput => ({ contentType, body: bytes });

const empty = (pointer: string): GatewayError =>
  new GatewayError('validation_failed', 'There is no row to predict.', { errors: [{ pointer, detail: 'is empty' }] });

/** Rows in the model's own format. @throws GatewayError validation_failed with all that was found */
function written(
  rows: readonly Instance[],
  model: CallableModel,
  placeOf: (i: number) => RowPlace,
  faults: RowFaults,
): ModelInput {
  const format = formatOf(model.contentType) ?? 'csv';
  const layout = layoutOf(model);
  const ready = modelRows(rows, { layout, format, placeOf, faults });
  faults.throwIfAny();
  const names = layout?.columns.map(({ name }) => name);
  return {
    contentType: model.contentType,
    body: writeRows(ready, format, model.rowForm, names),
    rows: ready.length,
  };
}

function csvInput(body: Buffer, model: CallableModel, pointer: string): ModelInput {
  if (body.length === 0) throw empty(pointer);
  const faults = new RowFaults();
  const layout = layoutOf(model);
  if (formatOf(model.contentType) === 'csv' && (layout === undefined || (layout.numeric && !layout.strictRanges))) {
    const expected = layout && {
      columns: layout.columns.length,
      columnName: (i: number) => layout.columns[i]?.name ?? '',
    };
    const rows = inspectCsv(body, expected, pointer, faults);
    faults.throwIfAny();
    return { contentType: model.contentType, body, rows };
  }
  const isTextAt = (i: number): boolean => {
    const column = layout?.columns[i];
    return column !== undefined && isText(column);
  };
  return written(parseCsvRows(body, isTextAt, pointer, faults), model, csvRowPlace(pointer), faults);
}

function jsonLinesInput(body: Buffer, model: CallableModel): ModelInput {
  if (body.length === 0) throw empty('');
  if (model.features === undefined && formatOf(model.contentType) === 'jsonlines') {
    return { contentType: model.contentType, body, rows: linesOf(body).length };
  }
  const faults = new RowFaults();
  const rows = parseJsonLines(body, faults);
  faults.throwIfAny();
  return written(rows, model, linePlace, faults);
}

function libsvmInput({ contentType, bytes }: CallerBody, model: CallableModel): ModelInput {
  if (bytes.length === 0) throw empty('');
  const faults = new RowFaults();
  const layout = layoutOf(model);
  // Whether indices start at 0 or 1 is between the caller and the model, so that the number of columns is a good index too. It must be known
  // where a value may be marked, which comes of a training on CSV, whose first column is 0.
  const marks = layout !== undefined && layout.markers.size > 0;
  const rows = inspectLibsvm(bytes, layout && layout.columns.length - (marks ? 1 : 0), faults);
  faults.throwIfAny();
  if (!marks) return { contentType, body: bytes, rows };
  const isMarked = (index: number, value: number): boolean => {
    const column = layout.columns[index];
    return column !== undefined && unmarkedCell(value, column, layout) === null;
  };
  return { contentType, body: withoutMarked(bytes, isMarked), rows };
}

function jsonInput(body: PredictBody, model: CallableModel): ModelInput {
  if (body.data !== undefined) {
    if (body.data.trim() === '') throw empty('/data');
    return csvInput(Buffer.from(body.data), model, '/data');
  }
  const faults = new RowFaults();
  if (body.instances !== undefined) return written(body.instances, model, instancePlace, faults);
  const { columns = {} } = body;
  const layout = layoutOf(model);
  // Once for all rows, not in each.
  if (layout !== undefined) checkNames(columns, layout, columnNamesPlace, faults);
  const rows = rowsOfColumns(columns, faults);
  faults.throwIfAny();
  return written(rows, model, columnValuePlace, faults);
}

/**
 * What a caller sent as what the model takes. Rows are checked against the model's features and written in its own format; all else, and
 * everything for a model that takes no rows, goes on byte for byte. @throws GatewayError validation_failed naming every wrong place
 */
export function readInput(caller: CallerBody, model: CallableModel): ModelInput {
  const taken = formatOf(model.contentType);
  const given = formatOf(caller.contentType);
  if (taken === undefined || given === undefined) return asItIs(caller);
  switch (given) {
    case 'csv':
      return csvInput(caller.bytes, model, '');
    case 'jsonlines':
      return jsonLinesInput(caller.bytes, model);
    case 'libsvm':
      return libsvmInput(caller, model);
    case 'json': {
      const { value, fault } = caller.json ?? { value: {} };
      if (fault === undefined) return jsonInput(value, model);
      // JSON of its own is what this model takes.
      if (taken === 'json' && model.features === undefined) return asItIs(caller);
      throw fault;
    }
  }
}
