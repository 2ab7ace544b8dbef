import Type, { type Static } from 'typebox';
import type { FieldError } from '../errors.ts';

/** One value of a row, as JSON has it; null is a missing value. */
const value = (description: string) =>
  Type.Unsafe<string | number | boolean | null>({ type: ['string', 'number', 'boolean', 'null'], description });

/** One feature of a model's input, in the order in which the model takes them. */
export const Feature = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 256, description: 'Name of the feature, and of its column.' }),
    type: Type.Optional(
      Type.Enum(['number', 'integer', 'boolean', 'category'], { description: 'Without it: `number`.' }),
    ),
    min: Type.Optional(Type.Number({ description: 'Least value in training; with `strictRanges` less is refused.' })),
    max: Type.Optional(
      Type.Number({ description: 'Greatest value in training; with `strictRanges` more is refused.' }),
    ),
    categories: Type.Optional(
      Type.Array(Type.String(), { minItems: 1, description: 'Values that a category may have; without it any text.' }),
    ),
    columns: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 512 }), {
        minItems: 1,
        description:
          'For a category that the model takes one-hot: the column of each of `categories`, 1 where the row has it and 0 elsewhere.',
      }),
    ),
    default: Type.Optional(value('Taken for a row that does not name the feature. Without it such a row is refused.')),
    nullable: Type.Optional(
      Type.Boolean({ description: 'Whether null, a missing value, is taken. Without it: true.' }),
    ),
    missing: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 1,
        description: 'Values that mean there is none, as 999 where the training data was prepared so; taken as null.',
      }),
    ),
    example: Type.Optional(value('Its value in a row that was seen in training.')),
  },
  { additionalProperties: false },
);
export type Feature = Static<typeof Feature>;

/** The columns of the model's input, in order: one for a feature, or one for each category where it is one-hot. */
export const columnNamesOf = (features: readonly Feature[]): string[] =>
  features.flatMap(({ name, columns }) => columns ?? [name]);

const repeatedAt = (names: readonly string[]): number => names.findIndex((name, i) => names.indexOf(name) !== i);

function faultsOf({ type = 'number', min, max, categories, columns }: Feature): [field: string, detail: string][] {
  const faults: [string, string][] = [];
  if (type !== 'category') {
    if (categories !== undefined) faults.push(['categories', 'can only stand at a category']);
    if (columns !== undefined) faults.push(['columns', 'can only stand at a category']);
  } else if (columns !== undefined && columns.length !== categories?.length) {
    faults.push(['columns', `must be as many as categories, ${categories?.length ?? 0}`]);
  }
  if (categories !== undefined && repeatedAt(categories) >= 0) faults.push(['categories', 'must not repeat']);
  if (min !== undefined && max !== undefined && min > max) faults.push(['max', 'must not be less than min']);
  return faults;
}

/** What a schema of single features cannot see: names that repeat, fields that contradict each other. */
export function featureFaults(features: readonly Feature[], pointer: string): FieldError[] {
  const places = features.flatMap(({ name, columns }, i) => [
    { name, pointer: `${pointer}/${i}` },
    ...(columns ?? []).map((column, k) => ({ name: column, pointer: `${pointer}/${i}/columns/${k}` })),
  ]);
  const seen = new Set<string>();
  const repeated = places.flatMap(({ name, pointer }) => {
    const again = seen.has(name);
    seen.add(name);
    return again ? [{ pointer, detail: `repeats the name "${name}"` }] : [];
  });
  const contradictory = features.flatMap((feature, i) =>
    faultsOf(feature).map(([field, detail]) => ({ pointer: `${pointer}/${i}/${field}`, detail })),
  );
  return [...repeated, ...contradictory];
}

/** A row seen in training, by feature name; undefined when it is not known of every feature. */
export function exampleOf(features: readonly Feature[]): Record<string, string | number | boolean | null> | undefined {
  const cells = features.map(({ name, example }) => [name, example] as const);
  return cells.some(([, example]) => example === undefined)
    ? undefined
    : (Object.fromEntries(cells) as Record<string, string | number | boolean | null>);
}
