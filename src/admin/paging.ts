import Type, { type Static, type TSchema } from 'typebox';
import { defaulted } from './resource-schema.ts';

/** The query of every list. */
export const pageQuery = {
  limit: defaulted(Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'Most items of one page.' })),
  nextToken: Type.Optional(
    Type.String({ minLength: 1, maxLength: 8192, description: 'Where the next page starts: from the page before.' }),
  ),
};
export const PageQuery = Type.Object(pageQuery, { additionalProperties: false });
export type PageQuery = Static<typeof PageQuery>;

export interface Page<Item> {
  readonly items: Item[];
  readonly nextToken?: string;
}

/** The answer of every list. */
export const pageOf = <Item extends TSchema>(item: Item, $id: string) =>
  Type.Object(
    {
      items: Type.Array(item),
      nextToken: Type.Optional(Type.String({ description: 'Given when there are more: the query of the next page.' })),
    },
    { $id },
  );

/** A page of whatever the keys of a listing lead to; what is gone meanwhile is left out. */
export async function mapPage<Item>(
  page: { readonly keys: readonly string[]; readonly nextToken?: string },
  read: (key: string) => Promise<Item | undefined>,
): Promise<Page<Item>> {
  const found = await Promise.all(page.keys.map(read));
  const items = found.filter((item) => item !== undefined);
  return page.nextToken === undefined ? { items } : { items, nextToken: page.nextToken };
}
