import Type, { type Static, type TSchema } from 'typebox';
import { defaulted } from './resource-schema.ts';

const time = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }));

const listProperties = {
  limit: defaulted(Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'Most items of one page.' })),
  nextToken: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 8192,
      description: 'Where the next page starts: from the page before, with the same query otherwise.',
    }),
  ),
  nameContains: Type.Optional(
    Type.String({
      pattern: '^[a-zA-Z0-9._/-]+$',
      maxLength: 63,
      description: 'Part of the name, in any case of letters.',
    }),
  ),
  createdAfter: time('Made at this time or later.'),
  createdBefore: time('Made before this time.'),
  updatedAfter: time('Changed last at this time or later.'),
  updatedBefore: time('Changed last before this time.'),
  sortBy: defaulted(Type.Enum(['createdAt', 'name'], { default: 'createdAt' })),
  sortOrder: defaulted(Type.Enum(['ascending', 'descending'], { default: 'descending' })),
};

/** The query of every list. */
export const ListQuery = Type.Object(listProperties, { additionalProperties: false });
export type ListQuery = Static<typeof ListQuery> & { readonly status?: string };

/** The query of every list of what has a status. */
export const listQueryWith = <Status extends TSchema>(status: Status) =>
  Type.Object({ ...listProperties, status: Type.Optional(status) }, { additionalProperties: false });

/** The same of what SageMaker lists, whose names have no other characters. */
export const sageMakerListQuery = <Status extends TSchema>(status: Status) =>
  Type.Object(
    {
      ...listProperties,
      nameContains: Type.Optional({ ...listProperties.nameContains, pattern: '^[a-zA-Z0-9-]+$' }),
      status: Type.Optional(status),
    },
    { additionalProperties: false },
  );

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
