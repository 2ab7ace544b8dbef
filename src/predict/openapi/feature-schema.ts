import type { Feature } from '../../config/feature.ts';

/** A JSON Schema, as OpenAPI 3.1 has it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const types = {
  number: ['number'],
  integer: ['integer'],
  boolean: ['boolean', 'integer'],
  category: ['string'],
} as const;

/** A range that is not enforced is told, not made a rule. */
function rangeOf({ min, max, type }: Feature, strictRanges: boolean): JsonSchema {
  if (type === 'boolean') return { minimum: 0, maximum: 1 };
  if (strictRanges)
    return { ...(min === undefined ? {} : { minimum: min }), ...(max === undefined ? {} : { maximum: max }) };
  return min === undefined || max === undefined ? {} : { description: `${min} to ${max} in training.` };
}

/** What a feature may be, as JSON Schema. */
export function featureSchema(feature: Feature, strictRanges: boolean): JsonSchema {
  const { type = 'number', categories, nullable = true, default: standard, example } = feature;
  return {
    type: nullable ? [...types[type], 'null'] : types[type].length === 1 ? types[type][0] : [...types[type]],
    ...(categories === undefined ? {} : { enum: nullable ? [...categories, null] : categories }),
    ...rangeOf(feature, strictRanges),
    ...(standard === undefined ? {} : { default: standard }),
    ...(example === undefined ? {} : { examples: [example] }),
  };
}

/** A row by feature names. */
export const instanceSchema = (features: readonly Feature[], strictRanges: boolean): JsonSchema => ({
  type: 'object',
  description: 'A row by feature name. In place of a category its columns can be given, as the model takes them.',
  properties: Object.fromEntries(features.map((feature) => [feature.name, featureSchema(feature, strictRanges)])),
  required: features
    .filter((feature) => feature.default === undefined && feature.columns === undefined)
    .map(({ name }) => name),
});

/** The values of many rows by feature names. */
export const columnsSchema = (features: readonly Feature[], strictRanges: boolean): JsonSchema => ({
  type: 'object',
  description: 'The values of each feature: the first of each make the first row, and so on.',
  properties: Object.fromEntries(
    features.map((feature) => [
      feature.name,
      { type: 'array', minItems: 1, items: featureSchema(feature, strictRanges) },
    ]),
  ),
});
