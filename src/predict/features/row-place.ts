/** Where the values of a row stand in the request, and how a sentence names them. */
export interface RowPlace {
  /** JSON pointer to a value by its column's index or its name; to the row itself without. */
  pointer(key?: number | string): string;
  /** The row in a sentence: `row 3`, or `the row` where the pointer tells which. */
  readonly subject: string;
  /** Before what is wrong with a value: `row 3, `, or nothing. */
  readonly prefix: string;
}

const escaped = (key: number | string): string => String(key).replaceAll('~', '~0').replaceAll('/', '~1');

const below = (base: string) => (key?: number | string) => (key === undefined ? base : `${base}/${escaped(key)}`);

export const instancePlace = (i: number): RowPlace => ({
  pointer: below(`/instances/${i}`),
  subject: 'the row',
  prefix: '',
});

export const linePlace = (i: number): RowPlace => ({
  pointer: below(`/${i}`),
  subject: `line ${i + 1}`,
  prefix: `line ${i + 1}, `,
});

/** A row of CSV text, which as a whole stands at one place. */
export const csvRowPlace =
  (text: string) =>
  (i: number): RowPlace => ({ pointer: () => text, subject: `row ${i + 1}`, prefix: `row ${i + 1}, ` });

/** The names of columns, apart from their values. */
export const columnNamesPlace: RowPlace = { pointer: below('/columns'), subject: 'columns', prefix: '' };

export const columnValuePlace = (i: number): RowPlace => ({
  pointer: (key) => (key === undefined ? '/columns' : `/columns/${escaped(key)}/${i}`),
  subject: `row ${i + 1}`,
  prefix: '',
});
