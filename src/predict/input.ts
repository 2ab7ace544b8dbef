import { GatewayError } from '../errors.ts';
import { inspectCsv } from './codecs/csv.ts';
import { instancesToCsv } from './codecs/instances.ts';
import type { CallableModel } from './model.ts';
import { RowFaults } from './row-faults.ts';
import type { PredictBody } from './schemas.ts';

/** A request in the bytes the model takes. */
export interface ModelInput {
  readonly contentType: string;
  readonly body: Buffer;
  /** Rows asked for; each must get its score. */
  readonly rows: number;
}

function csvInput(body: Buffer, model: CallableModel, pointer: string, faults: RowFaults): ModelInput {
  const { features } = model;
  const expected = features && { columns: features.length, columnName: (i: number) => features[i]?.name ?? '' };
  return { contentType: 'text/csv', body, rows: inspectCsv(body, expected, pointer, faults) };
}

const empty = (pointer: string): GatewayError =>
  new GatewayError('validation_failed', 'There is no row to predict.', { errors: [{ pointer, detail: 'is empty' }] });

/** Rows of a `text/csv` body. @throws GatewayError validation_failed */
export function inputFromCsv(body: Buffer, model: CallableModel): ModelInput {
  if (body.length === 0) throw empty('');
  const faults = new RowFaults();
  const input = csvInput(body, model, '', faults);
  faults.throwIfAny();
  return input;
}

/** Rows of a JSON body. @throws GatewayError validation_failed naming every wrong place */
export function inputFromJson({ data, instances }: PredictBody, model: CallableModel): ModelInput {
  if ((data === undefined) === (instances === undefined)) {
    const detail =
      data === undefined
        ? 'one of `data` and `instances` is needed'
        : 'only one of `data` and `instances` can be given';
    throw new GatewayError('validation_failed', `In the body ${detail}.`, { errors: [{ pointer: '', detail }] });
  }
  const faults = new RowFaults();
  if (data !== undefined) {
    if (data.trim() === '') throw empty('/data');
    const input = csvInput(Buffer.from(data), model, '/data', faults);
    faults.throwIfAny();
    return input;
  }
  const rows = instances ?? [];
  const csv = instancesToCsv(rows, model.features, faults);
  faults.throwIfAny();
  return { contentType: 'text/csv', body: Buffer.from(csv), rows: rows.length };
}
