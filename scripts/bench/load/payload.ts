import { callerHeaders } from './contestants.ts';
import { writeTemporary } from './temporary.ts';

export interface Payload {
  readonly body: Buffer;
  /** The body again, for tools that read it from a file. */
  readonly file: string;
  readonly headers: Readonly<Record<string, string>>;
}

const rowBytes = 400;

/** A row of numbers; 400 bytes with its newline. */
export const csvRow = '0.125,'
  .repeat(rowBytes)
  .slice(0, rowBytes - 2)
  .concat('1');

function payload(name: string, type: string, body: Buffer): Payload {
  return { body, file: writeTemporary(name, body), headers: { 'content-type': type, ...callerHeaders } };
}

export const csvPayload = (): Payload => payload('row.csv', 'text/csv', Buffer.from(`${csvRow}\n`));
export const jsonPayload = (): Payload =>
  payload('row.json', 'application/json', Buffer.from(JSON.stringify({ data: csvRow })));

/** As many whole rows as fit. */
export const csvRows = (bytes: number): Buffer => Buffer.alloc(bytes - (bytes % rowBytes), `${csvRow}\n`);
