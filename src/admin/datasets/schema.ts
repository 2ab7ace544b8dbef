import Type, { type Static } from 'typebox';
import { listQueryWith, pageOf } from '../paging.ts';
import { defaulted, ref } from '../resource-schema.ts';

const name = '[A-Za-z0-9][A-Za-z0-9_.-]*';
const version = '\\d{8}T\\d{9}Z-[0-9a-f]{4}';

export const longestName = 63;
export const DatasetName = Type.String({
  pattern: `^${name}$`,
  maxLength: longestName,
  description: 'Name of the data set.',
  examples: ['example-data'],
});

export const DatasetReference = Type.String({
  pattern: `^${name}(@${version})?$`,
  maxLength: 100,
  description: 'Name of the data set, which means its newest complete version, or `name@version`.',
  examples: ['example-data'],
});

export const OneHotCategory = Type.Object({
  name: Type.String({ description: 'Column that it was.' }),
  categories: Type.Array(Type.String()),
  columns: Type.Array(Type.String(), { description: 'Column of each category: 1 where the row has it, else 0.' }),
});
export type OneHotCategory = Static<typeof OneHotCategory>;

const Status = Type.Enum(['InProgress', 'Completed', 'Failed']);

export const Dataset = Type.Object(
  {
    name: DatasetName,
    version: Type.String({ pattern: `^${version}$`, description: 'When it was begun, and a random part.' }),
    status: Status,
    failureReason: Type.Optional(Type.String()),
    uri: Type.String({ description: 's3:// URI of the rows.' }),
    from: Type.Optional(Type.String({ description: 'What it was made of: `name@version` of a data set.' })),
    rows: Type.Integer({ description: 'Rows of data so far; the header is none.' }),
    columns: Type.Integer(),
    header: Type.Boolean({ description: 'Whether the first line holds the names of the columns.' }),
    columnNames: Type.Array(Type.String(), { description: 'From the header; `_c0`, `_c1`, … where it has none.' }),
    delimiter: Type.String(),
    bytes: Type.Integer({ description: 'Bytes of the rows so far.' }),
    classes: Type.Optional(
      Type.Array(Type.String(), { description: 'Of a prepared data set: what 0, 1, … of the label stand for.' }),
    ),
    categories: Type.Optional(
      Type.Array(OneHotCategory, { description: 'Of a prepared data set: its categories in one-hot form.' }),
    ),
    missing: Type.Optional(
      Type.Record(Type.String(), Type.Array(Type.String()), {
        description:
          'Of a prepared data set: by column, the values that meant there is none; under `*` in every column.',
      }),
    ),
    createdAt: Type.String({ format: 'date-time' }),
    completedAt: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { $id: 'Dataset', description: 'A version of rows to train or to evaluate with.' },
);
export type Dataset = Static<typeof Dataset>;

export const DatasetPage = pageOf(ref(Dataset), 'DatasetPage');
export const DatasetQuery = listQueryWith(Status);
export type DatasetQuery = Static<typeof DatasetQuery>;

const csv = {
  header: Type.Optional(
    Type.Boolean({
      description:
        'Whether the first line holds column names. Without it: it does when none of its cells is a number and none repeats.',
    }),
  ),
  delimiter: defaulted(
    Type.String({ minLength: 1, maxLength: 1, default: ',', description: 'Character between the cells.' }),
  ),
};

export const UploadQuery = Type.Object({ name: DatasetName, ...csv }, { additionalProperties: false });
export type UploadQuery = Static<typeof UploadQuery>;

/** In the bucket that the gateway has by default; local mode has rows there. */
export const exampleRows = 's3://sagemaker-us-east-1-000000000000/examples/bank.csv';

export const NewRegistration = Type.Object(
  {
    name: DatasetName,
    uri: Type.String({
      pattern: '^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/.+$',
      maxLength: 1024,
      description:
        's3:// URI of CSV. The object stays where it is, and is never removed by the gateway. That of the example is there in local mode.',
    }),
    ...csv,
  },
  {
    $id: 'NewRegistration',
    additionalProperties: false,
    examples: [{ name: 'registered-data', uri: exampleRows }],
  },
);
export type NewRegistration = Static<typeof NewRegistration>;

export const Preview = Type.Object(
  {
    dataset: Type.String({ description: 'Name and version.' }),
    columnNames: Type.Array(Type.String()),
    rows: Type.Array(Type.Array(Type.String())),
  },
  { $id: 'DatasetPreview', description: 'The first rows of a data set.' },
);
export type Preview = Static<typeof Preview>;

const columnName = Type.String({ minLength: 1, maxLength: 256 });

export const NewSplit = Type.Object(
  {
    parts: Type.Record(
      Type.String({ pattern: '^[a-z0-9]+$', maxLength: 20 }),
      Type.Number({ exclusiveMinimum: 0, maximum: 1 }),
      {
        minProperties: 2,
        maxProperties: 10,
        description: 'Share of the rows of each part. Together they are 1. The part `test` of `bank` is `bank-test`.',
      },
    ),
    seed: defaulted(
      Type.Integer({
        minimum: -2_147_483_648,
        maximum: 2_147_483_647,
        default: 0,
        description: 'The same seed gives the same parts.',
      }),
    ),
    stratifyBy: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 256,
        description: 'Column whose values shall be in every part as often as in the whole, such as the label.',
      }),
    ),
  },
  {
    $id: 'NewSplit',
    additionalProperties: false,
    examples: [{ parts: { train: 0.7, validation: 0.15, test: 0.15 }, seed: 1, stratifyBy: 'bought' }],
  },
);
export type NewSplit = Static<typeof NewSplit>;

export const SplitParts = Type.Record(Type.String(), ref(Dataset), {
  $id: 'SplitParts',
  description: 'The data set of each part.',
});

export const NewPreparation = Type.Object(
  {
    as: DatasetName,
    label: Type.String({ minLength: 1, maxLength: 256, description: 'Column to learn. It becomes the first.' }),
    classes: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 2,
        uniqueItems: true,
        description: 'Of a label that is text: what becomes 0, 1, …. Without it: its values in alphabetical order.',
      }),
    ),
    dropColumns: Type.Optional(Type.Array(columnName, { description: 'Columns to leave out.' })),
    missing: Type.Optional(
      Type.Record(Type.String(), Type.Array(Type.String(), { minItems: 1 }), {
        description:
          'By column, the values that mean there is none, as 999 in `pdays`; under `*` those of every column but the label. In a prediction such a value is null.',
      }),
    ),
    categories: Type.Optional(
      Type.Array(columnName, {
        description: 'Columns whose numbers are names. They are encoded as those that hold text.',
      }),
    ),
  },
  {
    $id: 'NewPreparation',
    additionalProperties: false,
    examples: [{ as: 'example-ready', label: 'bought', missing: { calls: ['-1'] } }],
  },
);
export type NewPreparation = Static<typeof NewPreparation>;
