import { formatOf } from './media-type.ts';

/** Formats in which a body is a list of rows, so that bodies can be joined and answers split. */
export function isRowWise(type: string): boolean {
  const format = formatOf(type);
  return format !== undefined && format !== 'json';
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const comma = 0x2c;
const bracket = 0x5b;
const brace = 0x7b;

/** Where a body ends without the newlines behind its last row. */
function endOf(body: Buffer): number {
  let end = body.length;
  while (end > 0 && (body[end - 1] === newline || body[end - 1] === carriageReturn)) end -= 1;
  return end;
}

/** The rows of all bodies as one body. */
export function joinBodies(bodies: readonly Buffer[]): Buffer {
  const joined = Buffer.allocUnsafe(bodies.reduce((sum, { length }) => sum + length + 1, 0));
  let at = 0;
  for (const body of bodies) {
    if (at > 0) at = joined.writeUInt8(newline, at);
    at += body.copy(joined, at, 0, endOf(body));
  }
  return joined.subarray(0, at);
}

const isBlank = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === carriageReturn;

function isEmpty(body: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (!isBlank(body[at])) return false;
  return true;
}

/**
 * The answer to a joined body, cut into the answers to its parts of `rows[i]` rows each, in the form in which each would have been answered
 * alone. Cut as bytes: nothing is made of a row but its place. @returns undefined when it does not have one entry a row
 */
export function splitAnswer(body: Buffer, rows: readonly number[]): Buffer[] | undefined {
  const ends = body[body.length - 1] === newline;
  const length = ends ? body.length - 1 : body.length;
  const lineEnd = body.indexOf(newline);
  const isOneRow = rows.length === 1 && rows[0] === 1;
  // XGBoost's container before 1.3 put all scores on one line.
  const isOneLine = (lineEnd === -1 || lineEnd === length) && body[0] !== bracket && body[0] !== brace;
  const separator = isOneLine && !isOneRow ? comma : newline;

  const parts: Buffer[] = [];
  let at = 0;
  for (const count of rows) {
    const start = at;
    for (let entry = 0; entry < count; entry += 1) {
      if (at > length) return undefined;
      const found = body.indexOf(separator, at);
      const end = found === -1 || found > length ? length : found;
      if (isEmpty(body, at, end)) return undefined;
      at = end + 1;
    }
    const end = at - 1;
    // Each part ends as the whole does: with the newline that is there, or one in place of the comma.
    if (!ends) parts.push(body.subarray(start, end));
    else if (separator === newline) parts.push(body.subarray(start, end + 1));
    else parts.push(Buffer.concat([body.subarray(start, end), body.subarray(length)]));
  }
  return at === length + 1 ? parts : undefined;
}
