import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Payload {
  readonly body: Buffer;
  /** The body again, for tools that read it from a file. */
  readonly file: string;
  readonly headers: Readonly<Record<string, string>>;
}

const rowBytes = 400;

/** A row of numbers without its newline, 400 bytes with it. */
export const csvRow = `${'0.125,'.repeat(rowBytes)}`
  .slice(0, rowBytes - 2)
  .replace(/,$/, '0')
  .padEnd(rowBytes - 1, '1');

const folder = mkdtempSync(join(tmpdir(), 'bench-'));
process.on('exit', () => rmSync(folder, { recursive: true }));

/** A file of this run. */
export function writeTemporary(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

function payload(name: string, type: string, body: Buffer): Payload {
  return { body, file: writeTemporary(name, body), headers: { 'content-type': type } };
}

export const csvPayload = (): Payload => payload('row.csv', 'text/csv', Buffer.from(`${csvRow}\n`));
export const jsonPayload = (): Payload =>
  payload('row.json', 'application/json', Buffer.from(JSON.stringify({ data: csvRow })));

/** As many whole rows as fit. */
export const csvRows = (bytes: number): Buffer => Buffer.from(`${csvRow}\n`.repeat(Math.floor(bytes / rowBytes)));
