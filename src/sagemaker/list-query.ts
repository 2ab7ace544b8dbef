/** What a list of things in SageMaker can be asked for. */
export interface ListQuery<Status> {
  readonly limit?: number;
  readonly nextToken?: string;
  readonly nameContains?: string;
  readonly status?: Status;
}

/** As SageMaker's List operations take it. */
export const newestFirst = <Status>({ limit, nextToken, nameContains, status }: ListQuery<Status>) => ({
  MaxResults: limit,
  NextToken: nextToken,
  NameContains: nameContains,
  StatusEquals: status,
  SortBy: 'CreationTime' as const,
  SortOrder: 'Descending' as const,
});
