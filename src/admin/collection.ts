import { inTurn } from '../sagemaker/in-turn.ts';
import { invalidField } from './invalid.ts';
import type { ListQuery, Page } from './paging.ts';

/** What a list filters and sorts by. Times in ISO 8601. */
export interface Listed {
  readonly name: string;
  readonly createdAt?: string | undefined;
  /** Without it: as when it was made. */
  readonly updatedAt?: string | undefined;
  readonly status?: string;
}

/** Things that SageMaker keeps no list of, or none that filters and sorts. */
export interface Collection<Item> {
  /** Of all there are, in any order. */
  readonly ids: readonly string[];
  /** What the ids sort by as texts; by anything else, all things have to be read first. */
  readonly idsSortBy?: ListQuery['sortBy'];
  /** Where the id tells the name: what is called otherwise need not be read. */
  nameOf?(id: string): string;
  /** Undefined when it is gone meanwhile. */
  read(id: string): Item | undefined | Promise<Item | undefined>;
  listed(item: Item): Listed;
}

/** Where a thing stands in the order of a list. */
interface Position {
  readonly value: string;
  readonly id: string;
}
interface Row<Item> extends Position {
  readonly item: Item;
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
const compare = (a: Position, b: Position): number => compareText(a.value, b.value) || compareText(a.id, b.id);

const within = (time: string | undefined, after: string | undefined, before: string | undefined): boolean => {
  const at = Date.parse(time ?? '');
  return (after === undefined || at >= Date.parse(after)) && (before === undefined || at < Date.parse(before));
};

const contains = (name: string, part = ''): boolean => name.toLowerCase().includes(part.toLowerCase());

function matches({ name, status, createdAt, updatedAt = createdAt }: Listed, query: ListQuery): boolean {
  return (
    contains(name, query.nameContains) &&
    (query.status === undefined || status === query.status) &&
    within(createdAt, query.createdAfter, query.createdBefore) &&
    within(updatedAt, query.updatedAfter, query.updatedBefore)
  );
}

/** As SageMaker's own lists: the token names the last thing of a page, so that what comes or goes between two pages moves no other one. */
const tokenOf = ({ sortBy, sortOrder }: ListQuery, { value, id }: Position): string =>
  Buffer.from(JSON.stringify([sortBy, sortOrder, value, id])).toString('base64url');

/** @throws GatewayError validation_failed for a token of another order, or of none */
function positionOf({ nextToken, sortBy, sortOrder }: ListQuery): Position | undefined {
  if (nextToken === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(nextToken, 'base64url').toString());
    const [by, order, value, id] = Array.isArray(parts) ? parts : [];
    if (by === sortBy && order === sortOrder && typeof value === 'string' && typeof id === 'string')
      return { value, id };
  } catch {
    // No token of ours: the same answer as for one of another query.
  }
  throw invalidField('query/nextToken', 'is none that this list gave for the same query');
}

async function* matching<Item>(
  { read, listed }: Collection<Item>,
  ids: readonly string[],
  sortValue: (listed: Listed, id: string) => string,
  query: ListQuery,
): AsyncGenerator<Row<Item>> {
  for await (const [id, item] of inTurn(ids, read)) {
    if (item === undefined) continue;
    const facts = listed(item);
    if (matches(facts, query)) yield { id, item, value: sortValue(facts, id) };
  }
}

async function* sorted<Item>(collection: Collection<Item>, query: ListQuery): AsyncGenerator<Row<Item>> {
  const { ids, idsSortBy, nameOf } = collection;
  const sign = query.sortOrder === 'ascending' ? 1 : -1;
  const after = positionOf(query);
  const isAhead = (position: Position) => after === undefined || sign * compare(position, after) > 0;
  const named = nameOf === undefined ? ids : ids.filter((id) => contains(nameOf(id), query.nameContains));
  if (idsSortBy === query.sortBy) {
    const ahead = named.filter((id) => isAhead({ value: id, id })).sort((a, b) => sign * compareText(a, b));
    return yield* matching(collection, ahead, (_listed, id) => id, query);
  }
  const rows: Row<Item>[] = [];
  const sortValue = ({ name, createdAt = '' }: Listed) => (query.sortBy === 'name' ? name : createdAt);
  for await (const row of matching(collection, named, sortValue, query)) if (isAhead(row)) rows.push(row);
  yield* rows.sort((a, b) => sign * compare(a, b));
}

/** A page of a collection, filtered and sorted as SageMaker does it with what lives there. */
export async function listCollection<Item>(collection: Collection<Item>, query: ListQuery): Promise<Page<Item>> {
  const rows: Row<Item>[] = [];
  for await (const row of sorted(collection, query)) {
    const last = rows.at(-1);
    if (last !== undefined && rows.length === query.limit) {
      return { items: rows.map(({ item }) => item), nextToken: tokenOf(query, last) };
    }
    rows.push(row);
  }
  return { items: rows.map(({ item }) => item) };
}
