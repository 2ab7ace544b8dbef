import { Readable } from 'node:stream';
import { GatewayError } from '../../errors.ts';
import { defined } from '../../sagemaker/defined.ts';
import type { AdminContext } from '../context.ts';
import { invalidField } from '../invalid.ts';
import { csvLine } from './cells.ts';
import type { DatasetMaker, Started } from './derive.ts';
import { EncodedProfile } from './encoded-profile.ts';
import { type Encoding, planEncoding } from './encoding.ts';
import { draft } from './ingest.ts';
import { MadeRows } from './made-rows.ts';
import type { NewPreparation } from './schema.ts';
import { getComplete, getProfile, referenceTo } from './store.ts';
import { sourceOf, type Table, tableOf } from './table.ts';

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
    ...defined({ classes: encoding.classes && [...encoding.classes], missing: order.missing }),
  });
  const profile = new EncodedProfile(encoding);
  const made = new MadeRows({ header: true, columnNames: encoding.columnNames }, (names) => profile.describe(names));
  const [started] = await maker.start([{ dataset, inspector: made }], async () => {
    const rows = Readable.from(encode(tableOf(workspace, sourceOf(source), ''), encoding, { made, profile }));
    rows.once('error', (error) => made.destroy(error));
    made.once('close', () => rows.destroy());
    rows.pipe(made);
  });
  return started as Started;
}

interface Told {
  readonly made: MadeRows;
  readonly profile: EncodedProfile;
}

/** @param told hears of what is made as it is made */
async function* encode(
  table: Table,
  { columnNames, encoders }: Encoding,
  { made, profile }: Told,
): AsyncGenerator<string> {
  let row = 0;
  function line(cells: readonly string[]): string {
    row += 1;
    let line = '';
    for (const [index, { column, encode }] of encoders.entries()) {
      const cell = cells[column] ?? '';
      let encoded: string;
      try {
        encoded = encode(cell);
      } catch (error) {
        const where = `Row ${row}, column "${table.columnNames[column]}"`;
        throw new GatewayError('validation_failed', `${where}: "${cell.slice(0, 50)}" ${(error as Error).message}.`);
      }
      profile.add(index, encoded);
      line += index === 0 ? encoded : `,${encoded}`;
    }
    return `${line}\n`;
  }
  yield `${csvLine(columnNames)}\n`;
  for await (const batch of table.batches()) {
    yield batch.map(line).join('');
    made.rows = row;
  }
}
