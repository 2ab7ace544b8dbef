import type { RowFaults } from '../row-faults.ts';
import type { Cell, Instance } from '../schemas.ts';

const isCell = (value: unknown): value is Cell =>
  value === null || ['number', 'string', 'boolean'].includes(typeof value);

function parseLine(line: string): Instance | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'is not valid JSON';
  }
  if (typeof value !== 'object' || value === null) return 'must be an array or an object';
  return Object.values(value).every(isCell) ? (value as Instance) : 'must hold numbers, text, true, false or null only';
}

/** Lines that hold something: a newline at the end makes no row. */
export const linesOf = (body: Buffer): string[] => {
  const lines = body.toString().split('\n');
  while (lines.at(-1)?.trim() === '') lines.pop();
  return lines;
};

/** The rows of a JSON lines body; what is wrong with the line `i` stands at the pointer `/i`. */
export function parseJsonLines(body: Buffer, faults: RowFaults): Instance[] {
  return linesOf(body).flatMap((line, i) => {
    const row = parseLine(line);
    if (typeof row !== 'string') return [row];
    faults.add(`/${i}`, `line ${i + 1} ${row}`);
    return [];
  });
}
