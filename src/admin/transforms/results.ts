import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { GatewayError } from '../../errors.ts';
import { describeTransformJob } from '../../sagemaker/transform-jobs.ts';
import type { AdminContext } from '../context.ts';
import { quoted } from '../datasets/cells.ts';
import { openTable, type Table } from '../datasets/table.ts';

import { findRecord, outputKey, type TransformRecord } from './jobs.ts';

/**
 * The rows of the data set as they were given, each with its scores behind it, as CSV with a header.
 * @throws GatewayError not_found; conflict while the job is not completed, or when it is none of this gateway's
 */
export async function openResults(
  { aws, workspace }: Pick<AdminContext, 'aws' | 'workspace'>,
  name: string,
): Promise<Readable> {
  const [{ status }, record] = await Promise.all([describeTransformJob(aws, name), findRecord(workspace, name)]);
  if (status !== 'Completed') {
    throw new GatewayError('conflict', `The transform job "${name}" is ${status}, not Completed.`);
  }
  if (record === undefined)
    throw new GatewayError('conflict', `The transform job "${name}" was not made by this gateway.`);
  const table = await openTable(workspace, record.scored, '/dataset');
  const scores = await workspace.readStream(outputKey(name));
  return Readable.from(joined(table, scores, record));
}

async function* joined(table: Table, scores: Readable, record: TransformRecord): AsyncGenerator<string> {
  const lines = createInterface({ input: scores })[Symbol.asyncIterator]();
  let names: string[] | undefined;
  try {
    for await (const cells of table.rows()) {
      const { value, done } = await lines.next();
      if (done) throw new Error('The results have fewer rows than the data set: it has changed since');
      const found = String(value).split(',');
      if (!names) {
        names = scoreNames(found.length, record);
        yield `${[...table.columnNames, ...names].map(quoted).join(',')}\n`;
      }
      yield `${[...cells.map(quoted), ...found, ...labelOf(found, record)].join(',')}\n`;
    }
    if (!(await lines.next()).done)
      throw new Error('The results have more rows than the data set: it has changed since');
  } finally {
    scores.destroy();
  }
}

const isBinary = ({ labels }: TransformRecord, scores: number): boolean => labels?.length === 2 && scores === 1;

function scoreNames(scores: number, record: TransformRecord): string[] {
  if (isBinary(record, scores)) return ['score', 'label'];
  if (scores === 1) return ['score'];
  return Array.from({ length: scores }, (_, at) => `score_${record.labels?.[at] ?? at}`);
}

function labelOf(scores: readonly string[], record: TransformRecord): string[] {
  if (!isBinary(record, scores.length)) return [];
  const { labels = [], threshold = 0.5 } = record;
  return [quoted(labels[Number(scores[0]) >= threshold ? 1 : 0] ?? '')];
}
