import { FifoMap } from 'toad-cache';

/** Callers and models name few types, over and over. */
const known = new FifoMap<string>(256);

/** A media type without its parameters, in lower case. */
export function essenceOf(type: string): string {
  let essence = known.get(type);
  if (essence === undefined) {
    essence = (type.split(';', 1)[0] ?? '').trim().toLowerCase();
    known.set(type, essence);
  }
  return essence;
}

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

/** The media types of rows, JSON aside. */
export const rowTypes: readonly string[] = [...formats.keys()].filter((type) => formats.get(type) !== 'json');
