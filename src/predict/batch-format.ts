/** Formats in which a body is a list of rows, so that bodies can be joined and answers split. */
export const isRowWise = (type: string): boolean => {
  const [essence] = type.split(';', 1);
  return essence === 'text/csv' || essence === 'application/jsonlines' || essence === 'text/libsvm';
};

const newline = 0x0a;
const carriageReturn = 0x0d;

function withoutFinalNewline(body: Buffer): Buffer {
  let end = body.length;
  while (end > 0 && (body[end - 1] === newline || body[end - 1] === carriageReturn)) end -= 1;
  return body.subarray(0, end);
}

const separator = Buffer.from('\n');

/** The rows of all bodies as one body. */
export const joinBodies = (bodies: readonly Buffer[]): Buffer =>
  Buffer.concat(
    bodies.flatMap((body, i) => (i === 0 ? [withoutFinalNewline(body)] : [separator, withoutFinalNewline(body)])),
  );

/**
 * The answer to a joined body, cut into the answers to its parts of `rows[i]` rows each, in the form in which each would have been answered
 * alone. @returns undefined when it does not have one entry a row
 */
export function splitAnswer(body: Buffer, rows: readonly number[]): Buffer[] | undefined {
  const total = rows.reduce((sum, count) => sum + count, 0);
  const text = body.toString();
  const final = text.endsWith('\n') ? '\n' : '';
  const lines = (final ? text.slice(0, -1) : text).split('\n');
  // XGBoost's container before 1.3 put all scores on one line.
  const oneLine = lines.length === 1 && total > 1 && !text.startsWith('[') && !text.startsWith('{');
  const [entries, glue] = oneLine ? [(lines[0] ?? '').split(','), ','] : [lines, '\n'];
  if (entries.length !== total || entries.some((entry) => entry.trim() === '')) return undefined;

  let from = 0;
  return rows.map((count) => {
    const part = entries.slice(from, from + count).join(glue);
    from += count;
    return Buffer.from(part + final);
  });
}
