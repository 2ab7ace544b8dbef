import { Readable } from 'node:stream';
import { GatewayError } from '../../errors.ts';
import { defined } from '../../sagemaker/defined.ts';
import type { AdminContext } from '../context.ts';
import { invalidField } from '../invalid.ts';
import { csvLine } from './cells.ts';
import type { DatasetMaker, Started } from './derive.ts';
import { type Encoding, planEncoding } from './encoding.ts';
import { draft, inspectorFor } from './ingest.ts';
import type { NewPreparation } from './schema.ts';
import { getComplete, getProfile, referenceTo } from './store.ts';
import { sourceOf, type Table, tableOf } from './table.ts';

const batchRows = 500;

/** Makes a new data set of numbers, label first, of one with texts and missing values. */
export async function prepare(
  context: AdminContext,
  maker: DatasetMaker,
  reference: string,
  order: NewPreparation,
): Promise<Started> {
  const { workspace } = context;
  const source = await getComplete(workspace, reference);
  if (!source.header) throw invalidField('', 'needs a data set with a header');
  const encoding = planEncoding(await getProfile(workspace, referenceTo(source)), order);
  const dataset = await draft(workspace, {
    name: order.as,
    delimiter: ',',
    from: referenceTo(source),
    categories: [...encoding.categories],
    ...defined({ classes: encoding.classes && [...encoding.classes] }),
  });
  const inspector = inspectorFor(',', true);
  const [started] = await maker.start([{ dataset, inspector }], async () => {
    const rows = Readable.from(encode(tableOf(workspace, sourceOf(source), ''), encoding));
    rows.once('error', (error) => inspector.destroy(error));
    inspector.once('close', () => rows.destroy());
    rows.pipe(inspector);
  });
  return started as Started;
}

async function* encode(table: Table, { columnNames, encoders }: Encoding): AsyncGenerator<string> {
  let block = `${csvLine(columnNames)}\n`;
  let row = 0;
  for await (const cells of table.rows()) {
    row += 1;
    let separator = '';
    for (const { column, encode } of encoders) {
      const cell = cells[column] ?? '';
      try {
        block += separator + encode(cell);
      } catch (error) {
        const where = `Row ${row}, column "${table.columnNames[column]}"`;
        throw new GatewayError('validation_failed', `${where}: "${cell.slice(0, 50)}" ${(error as Error).message}.`);
      }
      separator = ',';
    }
    block += '\n';
    if (row % batchRows !== 0) continue;
    yield block;
    block = '';
  }
  if (block !== '') yield block;
}
