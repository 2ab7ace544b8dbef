/** What is known of the columns of a table that was read. */
export interface BinaryColumns {
  readonly names: readonly string[];
  readonly rows: number;
  isBinary(column: number): boolean;
  /** Rows in which the column is 1. */
  ones(column: number): number;
  /** The greatest column before it that was 1 together with it in any row; -1 when none was. */
  companion(column: number): number;
}

/** Neighbouring columns that together are one category. */
export interface OneHotGroup {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Every `<name>` that a column's name could begin with: `day`, `day_of` and `day_of_week` for `day_of_week_fri`. */
const prefixesOf = (name: string): string[] =>
  [...name.matchAll(/_/g)].map(({ index }) => name.slice(0, index)).filter((prefix) => prefix !== '');

/** The run of columns from `start` on that share a prefix; undefined when it begins before. */
function runOf(columns: BinaryColumns, start: number, name: string): OneHotGroup | undefined {
  const belongs = (column: number): boolean => {
    const own = columns.names[column] ?? '';
    return own.length > name.length + 1 && own.startsWith(`${name}_`) && columns.isBinary(column);
  };
  if (!belongs(start) || belongs(start - 1)) return undefined;
  let end = start;
  while (belongs(end)) end += 1;
  return { name, start, end };
}

/** Whether exactly one column of the run is 1 in every row: never two, and as many ones as rows. */
function isOneHot(columns: BinaryColumns, { start, end }: OneHotGroup): boolean {
  let ones = 0;
  for (let column = start; column < end; column += 1) {
    if (columns.companion(column) >= start) return false;
    ones += columns.ones(column);
  }
  return end - start > 1 && ones === columns.rows;
}

/**
 * The categories in one-hot form among the columns. Of two that overlap the longer is meant, since a category that no row has leaves its column
 * empty; of two names for the same columns the longer.
 */
export function findOneHotGroups(columns: BinaryColumns): OneHotGroup[] {
  const candidates = columns.names
    .flatMap((name, start) => prefixesOf(name).map((prefix) => runOf(columns, start, prefix)))
    .filter((run) => run !== undefined)
    .filter((run) => isOneHot(columns, run))
    .sort((a, b) => b.end - b.start - (a.end - a.start) || b.name.length - a.name.length);
  const names = new Set(columns.names);
  const groups: OneHotGroup[] = [];
  for (const run of candidates) {
    const overlaps = groups.some(({ start, end }) => run.start < end && start < run.end);
    if (overlaps || names.has(run.name)) continue;
    names.add(run.name);
    groups.push(run);
  }
  return groups.sort((a, b) => a.start - b.start);
}
