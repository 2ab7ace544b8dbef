import { once } from 'node:events';
import type { FieldError } from '../../errors.ts';
import { GatewayError } from '../../errors.ts';
import { defined } from '../../sagemaker/defined.ts';
import type { AdminContext } from '../context.ts';
import { invalidField, invalidFields } from '../invalid.ts';
import { Allocation } from './allocation.ts';
import { csvLine, isMissing } from './cells.ts';
import type { DatasetMaker, Started, Work } from './derive.ts';
import { draft } from './ingest.ts';
import { MadeRows } from './made-rows.ts';
import { type Dataset, longestName, type NewSplit } from './schema.ts';
import { getComplete, getProfile, referenceTo } from './store.ts';
import { sourceOf, type Table, tableOf } from './table.ts';
import { TableProfile } from './table-profile.ts';

/** Characters that a part collects before they are written. */
const blockLength = 64 * 1024;

/** Missing values of all kinds are one stratum. */
const stratumOf = (cell: string): string => (isMissing(cell) ? '' : cell);

async function strata({ workspace }: AdminContext, dataset: Dataset, column?: string): Promise<Map<string, number>> {
  if (column === undefined) return new Map([['', dataset.rows]]);
  if (!dataset.columnNames.includes(column)) {
    throw invalidField('/stratifyBy', `names "${column}", which is not a column of the data set`);
  }
  const { columns } = await getProfile(workspace, referenceTo(dataset));
  const profile = columns.find(({ name }) => name === column);
  if (profile?.distinct === undefined || profile.values === undefined) {
    throw invalidField('/stratifyBy', `names "${column}", which has too many different values`);
  }
  const sizes = new Map(profile.values.map(({ value, count }) => [value, count]));
  if (profile.missing > 0) sizes.set('', profile.missing);
  return sizes;
}

function checkParts(dataset: Dataset, { parts }: NewSplit): void {
  const faults: FieldError[] = [];
  const sum = Object.values(parts).reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 1) > 1e-9) faults.push({ pointer: '/parts', detail: `must add up to 1, not ${sum}` });
  for (const part of Object.keys(parts)) {
    const name = `${dataset.name}-${part}`;
    if (name.length > longestName)
      faults.push({ pointer: `/parts/${part}`, detail: `makes the name "${name}" too long` });
  }
  if (faults.length > 0) throw invalidFields(faults);
}

interface Part extends Work {
  readonly inspector: MadeRows;
  readonly profile: TableProfile;
}

/** Divides the rows of a data set among new ones, in one pass; rows keep their order. */
export async function split(
  context: AdminContext,
  maker: DatasetMaker,
  reference: string,
  order: NewSplit,
): Promise<Readonly<Record<string, Started>>> {
  const { workspace } = context;
  const source = await getComplete(workspace, reference);
  checkParts(source, order);
  const names = Object.keys(order.parts);
  const allocation = new Allocation(
    await strata(context, source, order.stratifyBy),
    Object.values(order.parts),
    order.seed,
  );
  const empty = allocation.totals().indexOf(0);
  if (empty >= 0) throw invalidField(`/parts/${names[empty]}`, `gets none of the ${source.rows} rows`);

  const works = await Promise.all(
    names.map(async (part): Promise<Part> => {
      const { classes, categories, missing } = source;
      const known = { name: `${source.name}-${part}`, delimiter: ',', from: referenceTo(source) };
      const dataset = await draft(workspace, { ...known, ...defined({ classes, categories, missing }) });
      const profile = new TableProfile(source.columnNames.length);
      return { dataset, profile, inspector: new MadeRows(source, (columns) => profile.describe(columns)) };
    }),
  );
  const table = tableOf(workspace, sourceOf(source), '');
  const column = order.stratifyBy === undefined ? undefined : source.columnNames.indexOf(order.stratifyBy);
  const started = await maker.start(works, (signal) =>
    distribute(table, works, signal, (cells) =>
      allocation.next(column === undefined ? '' : stratumOf(cells[column] ?? '')),
    ),
  );
  return Object.fromEntries(names.map((part, index) => [part, started[index] as Started]));
}

async function distribute(
  table: Table,
  works: readonly Part[],
  signal: AbortSignal,
  partOf: (cells: readonly string[]) => number | undefined,
): Promise<void> {
  const header = table.header ? `${csvLine(table.columnNames)}\n` : '';
  const parts = works.map(({ inspector, profile }) => ({ inspector, profile, block: header }));
  async function write(part: (typeof parts)[number]): Promise<void> {
    const { block } = part;
    part.block = '';
    if (!part.inspector.write(block)) await once(part.inspector, 'drain', { signal });
  }
  for await (const batch of table.batches()) {
    for (const cells of batch) {
      const part = parts[partOf(cells) ?? -1];
      if (part === undefined)
        throw new GatewayError('conflict', 'The rows are not those any more that were registered.');
      part.block += `${csvLine(cells)}\n`;
      part.profile.add(cells);
      part.inspector.rows += 1;
    }
    if (signal.aborted) return;
    for (const part of parts) if (part.block.length >= blockLength) await write(part);
  }
  for (const part of parts) {
    await write(part);
    part.inspector.end();
  }
}
