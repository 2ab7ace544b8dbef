/** What a list of things in SageMaker can be asked for. Times in ISO 8601: at or after the one, before the other. */
export interface ListQuery<Status = string> {
  readonly limit: number;
  readonly nextToken?: string;
  readonly nameContains?: string;
  readonly status?: Status;
  readonly createdAfter?: string;
  readonly createdBefore?: string;
  readonly updatedAfter?: string;
  readonly updatedBefore?: string;
  readonly sortBy: 'createdAt' | 'name';
  readonly sortOrder: 'ascending' | 'descending';
}

const date = (time: string | undefined): Date | undefined => (time === undefined ? undefined : new Date(time));

/** As SageMaker's List operations take it. */
export const listInput = <Status>(query: ListQuery<Status>) => ({
  MaxResults: query.limit,
  NextToken: query.nextToken,
  NameContains: query.nameContains,
  StatusEquals: query.status,
  CreationTimeAfter: date(query.createdAfter),
  CreationTimeBefore: date(query.createdBefore),
  LastModifiedTimeAfter: date(query.updatedAfter),
  LastModifiedTimeBefore: date(query.updatedBefore),
  SortBy: query.sortBy === 'name' ? ('Name' as const) : ('CreationTime' as const),
  SortOrder: query.sortOrder === 'ascending' ? ('Ascending' as const) : ('Descending' as const),
});
