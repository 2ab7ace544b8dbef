import Type from 'typebox';
import { text } from '../wire/shapes.ts';

export const GroupName = text(512, '[\\.\\-_/#A-Za-z0-9]+', 1);
export const StreamName = text(512, '[^:*]*', 1);

/** A group is named, or addressed by its ARN. */
export const GroupAddress = {
  logGroupName: Type.Optional(GroupName),
  logGroupIdentifier: Type.Optional(text(2048, '[\\w#+=/:,.@-]*', 1)),
};

/** Listings of Logs page by the name of the last item, which is their token. */
export const Page = {
  nextToken: Type.Optional(Type.String({ minLength: 1 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
};

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
