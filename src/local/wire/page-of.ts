/** Listings of Logs and ECR page by the name of the last item, which is their token. */
export function pageOf<T>(
  items: T[],
  { nextToken, limit = 50 }: { nextToken?: string; limit?: number },
  idOf: (item: T) => string,
) {
  const start = nextToken === undefined ? 0 : items.findIndex((item) => idOf(item) === nextToken) + 1;
  const page = items.slice(start, start + limit);
  const last = page.at(-1);
  return { page, ...(start + limit < items.length && last !== undefined && { nextToken: idOf(last) }) };
}
