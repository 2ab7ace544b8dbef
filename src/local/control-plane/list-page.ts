import { validationException } from '../wire/aws-error.ts';

/** What a list sorts and filters by: the members that every resource has. Times in epoch seconds. */
export interface Listed {
  name: string;
  status?: string;
  created: number;
  modified: number;
  /** By SortBy, what only this resource sorts by. */
  other?: Readonly<Record<string, SortValue>>;
}

export interface ListRequest {
  NextToken?: string;
  MaxResults?: number;
  NameContains?: string;
  StatusEquals?: string;
  CreationTimeAfter?: number;
  CreationTimeBefore?: number;
  LastModifiedTimeAfter?: number;
  LastModifiedTimeBefore?: number;
  SortBy?: string;
  /** Images have theirs in capitals. */
  SortOrder?: string;
}

type SortValue = string | number;

/** How a list is sorted that does not say; the API model documents it of each operation. */
export interface DefaultSort {
  by?: string;
  order?: 'Ascending' | 'Descending';
}

/**
 * One page of a List operation. The token names the last resource of the page before and where it was sorted, not an offset, so that what is
 * created or deleted between two pages makes no other resource appear twice or never.
 */
export function listPage<T>(
  resources: Iterable<T>,
  describe: (resource: T) => Listed,
  request: ListRequest,
  { by = 'CreationTime', order = 'Descending' }: DefaultSort = {},
): { page: T[]; NextToken?: string } {
  const sign = (request.SortOrder ?? order).toLowerCase() === 'ascending' ? 1 : -1;
  const key = request.SortBy ?? by;
  const rows = [];
  for (const resource of resources) {
    const listed = describe(resource);
    if (matches(listed, request)) rows.push({ resource, at: [sortValue(listed, key), listed.name] as const });
  }
  rows.sort((a, b) => sign * compare(a.at, b.at));
  const after = request.NextToken === undefined ? undefined : parseToken(request.NextToken);
  const start = after === undefined ? 0 : rows.findIndex((row) => sign * compare(row.at, after) > 0);
  const size = request.MaxResults ?? 10;
  const page = start < 0 ? [] : rows.slice(start, start + size);
  const last = page.at(-1);
  const more = start >= 0 && start + size < rows.length && last !== undefined;
  return { page: page.map(({ resource }) => resource), ...(more && { NextToken: token(last.at) }) };
}

function matches(listed: Listed, request: ListRequest): boolean {
  return (
    (request.NameContains === undefined || listed.name.toLowerCase().includes(request.NameContains.toLowerCase())) &&
    (request.StatusEquals === undefined || listed.status === request.StatusEquals) &&
    within(listed.created, request.CreationTimeAfter, request.CreationTimeBefore) &&
    within(listed.modified, request.LastModifiedTimeAfter, request.LastModifiedTimeBefore)
  );
}

/** As the API model words it: at or after the one, before the other. */
const within = (time: number, after = Number.NEGATIVE_INFINITY, before = Number.POSITIVE_INFINITY) =>
  time >= after && time < before;

function sortValue(listed: Listed, key: string): SortValue {
  if (key === 'Name') return listed.name;
  const other = listed.other?.[key];
  if (other !== undefined) return other;
  return key === 'Status' ? (listed.status ?? '') : listed.created;
}

function compare([a, nameA]: readonly [SortValue, string], [b, nameB]: readonly [SortValue, string]): number {
  if (a !== b) return a < b ? -1 : 1;
  return nameA === nameB ? 0 : nameA < nameB ? -1 : 1;
}

const token = (at: readonly [SortValue, string]) => Buffer.from(JSON.stringify(at)).toString('base64url');

function parseToken(text: string): [SortValue, string] {
  try {
    const at: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (Array.isArray(at) && at.length === 2) return at as [SortValue, string];
  } catch {
    // Not a token of ours: the same answer as for any other nonsense.
  }
  throw validationException('The NextToken is invalid. Retry with a token from a previous response.');
}
