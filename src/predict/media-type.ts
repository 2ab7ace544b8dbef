/** A media type without its parameters, in lower case. */
export const essenceOf = (type: string): string => (type.split(';', 1)[0] ?? '').trim().toLowerCase();

/** Forms in which rows are written. */
export type RowFormat = 'csv' | 'json' | 'jsonlines' | 'libsvm';

const formats: ReadonlyMap<string, RowFormat> = new Map([
  ['text/csv', 'csv'],
  ['application/json', 'json'],
  ['application/jsonlines', 'jsonlines'],
  ['application/jsonl', 'jsonlines'],
  ['application/x-ndjson', 'jsonlines'],
  ['text/libsvm', 'libsvm'],
  ['text/x-libsvm', 'libsvm'],
]);

/** The row format of a media type; undefined for all others, which are bytes to the gateway. */
export const formatOf = (type: string): RowFormat | undefined => formats.get(type) ?? formats.get(essenceOf(type));
