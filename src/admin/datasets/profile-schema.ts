import Type, { type Static } from 'typebox';

/** Distinct values of a column that are counted one by one; of more, nobody can make a list to choose from. */
export const mostValues = 1_000;

const count = Type.Integer({ minimum: 0 });

const ColumnProfile = Type.Object({
  name: Type.String(),
  type: Type.Enum(['integer', 'number', 'category', 'text', 'empty'], {
    description: `What the cells hold: numbers only; texts, at most ${mostValues} different ones (category) or more; nothing.`,
  }),
  missing: Type.Integer({ minimum: 0, description: 'Cells that are empty or NaN.' }),
  numbers: Type.Integer({ minimum: 0, description: 'Cells that hold a number.' }),
  distinct: Type.Optional(
    Type.Integer({ minimum: 0, description: `Different values; not given when there are more than ${mostValues}.` }),
  ),
  min: Type.Optional(Type.Number()),
  max: Type.Optional(Type.Number()),
  mean: Type.Optional(Type.Number()),
  std: Type.Optional(Type.Number({ description: 'Standard deviation of the sample (n − 1).' })),
  quantiles: Type.Optional(
    Type.Object(
      { p5: Type.Number(), p25: Type.Number(), p50: Type.Number(), p75: Type.Number(), p95: Type.Number() },
      { description: `Of a column with more than ${mostValues} different numbers within 0.5% of their value.` },
    ),
  ),
  values: Type.Optional(
    Type.Array(Type.Object({ value: Type.String(), count }), {
      description: `Values as they stand, the most frequent first; of a column with more than ${mostValues} different numbers its texts only.`,
    }),
  ),
  histogram: Type.Optional(
    Type.Object(
      { edges: Type.Array(Type.Number(), { description: 'One more than bins.' }), counts: Type.Array(count) },
      { description: 'Of the numbers, in 20 bins of equal width; a value on an edge belongs to the bin above it.' },
    ),
  ),
});
export type ColumnProfile = Static<typeof ColumnProfile>;

export const DatasetProfile = Type.Object(
  {
    dataset: Type.String({ description: 'Name and version.' }),
    rows: count,
    columns: Type.Array(ColumnProfile),
  },
  { $id: 'DatasetProfile', description: 'What stands in the columns of a data set.' },
);
export type DatasetProfile = Static<typeof DatasetProfile>;
