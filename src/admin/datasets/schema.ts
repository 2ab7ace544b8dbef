import Type, { type Static } from 'typebox';
import { pageOf } from '../paging.ts';
import { defaulted, ref } from '../resource-schema.ts';

export const DatasetName = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$',
  maxLength: 63,
  description: 'Name of the data set.',
  examples: ['example-data'],
});

export const Dataset = Type.Object(
  {
    name: DatasetName,
    uri: Type.String({ description: 's3:// URI of the rows as they were uploaded.' }),
    rows: Type.Integer({ description: 'Rows of data; the header is none.' }),
    columns: Type.Integer(),
    header: Type.Boolean({ description: 'Whether the first line holds the names of the columns.' }),
    columnNames: Type.Array(Type.String(), { description: 'From the header; `_c0`, `_c1`, … where it has none.' }),
    delimiter: Type.String(),
    bytes: Type.Integer(),
    createdAt: Type.String({ format: 'date-time' }),
  },
  { $id: 'Dataset', description: 'Rows to train or to evaluate with.' },
);
export type Dataset = Static<typeof Dataset>;

export const DatasetPage = pageOf(ref(Dataset), 'DatasetPage');

export const UploadQuery = Type.Object(
  {
    name: DatasetName,
    header: Type.Optional(
      Type.Boolean({
        description:
          'Whether the first line holds column names. Without it: it does when none of its cells is a number and none repeats.',
      }),
    ),
    delimiter: defaulted(
      Type.String({ minLength: 1, maxLength: 1, default: ',', description: 'Character between the cells.' }),
    ),
  },
  { additionalProperties: false },
);
export type UploadQuery = Static<typeof UploadQuery>;
