import { dataFormat } from './content-type.ts';
import { UserError } from './faults.ts';
import { type Matrix, MatrixBuilder } from './matrix.ts';
import { endOfLines, ParseError, parseCsv, parseLibsvm, sniffDelimiter } from './text-data.ts';
import type { Turn } from './turn.ts';

/** Bytes parsed between two looks at the clock. */
const SLICE_BYTES = 16_384;

export interface Payload {
  readonly format: 'csv' | 'libsvm';
  readonly matrix: Matrix;
}

/**
 * Parses the body of an inference request: features only, one row a line, letting others have their turn.
 * @throws UserError in the container's wording, which answers it with 415.
 */
export async function parsePayload(contentType: string, body: Buffer, turn: Turn): Promise<Payload> {
  const format = dataFormat(contentType);
  if (format !== 'csv' && format !== 'libsvm') throw new UserError(`Content-type ${contentType} is not supported.`);
  const bytes = strip(body);
  const into = new MatrixBuilder();
  try {
    if (bytes.length === 0) throw new ParseError(1, 'there are no rows');
    const layout = { delimiter: sniffDelimiter(bytes), leading: 0 } as const;
    for (let start = 0; start < bytes.length; ) {
      const end = endOfLines(bytes, start, SLICE_BYTES);
      if (format === 'csv') parseCsv(bytes, start, end, layout, into);
      else parseLibsvm(bytes, start, end, false, into);
      start = end;
      if (turn.isOver) await turn.next();
    }
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new UserError(
      `Loading ${format} data failed with Exception, please ensure data is in ${format} format:\n` +
        ` <class 'ValueError'>\n ${error.message}`,
    );
  }
  return { format, matrix: into.build() };
}

/** Python's bytes.strip(). */
function strip(bytes: Buffer): Buffer {
  const blank = (byte: number | undefined): boolean => byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13);
  let start = 0;
  let end = bytes.length;
  while (blank(bytes[start])) start++;
  while (end > start && blank(bytes[end - 1])) end--;
  return bytes.subarray(start, end);
}
