import { s3Error } from './s3-error.ts';

const longestLine = 16 * 1024;

/**
 * The payload of an `aws-chunked` body (STREAMING-… in x-amz-content-sha256): `<hex size>[;chunk-signature=…]` CRLF, bytes, CRLF, …, a chunk of
 * size 0, then trailer lines, which are put into `trailers` by lower-case name, and an empty line. Signatures are not checked.
 */
export async function* decodeAwsChunked(
  source: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  let state: 'size' | 'end of chunk' | 'trailer' | 'done' = 'size';
  let left = 0;
  let line = '';
  for await (const bytes of source) {
    let at = 0;
    while (at < bytes.length) {
      if (left > 0) {
        const piece = bytes.subarray(at, at + left);
        at += piece.length;
        left -= piece.length;
        yield piece;
        continue;
      }
      const newline = bytes.indexOf(0x0a, at);
      const end = newline < 0 ? bytes.length : newline + 1;
      line += bytes.toString('latin1', at, end);
      at = end;
      if (line.length > longestLine) throw malformed();
      if (newline < 0) break;
      const text = line.trimEnd();
      line = '';
      if (state === 'size') {
        left = chunkSize(text);
        state = left === 0 ? 'trailer' : 'end of chunk';
      } else if (state === 'end of chunk') {
        if (text !== '') throw malformed();
        state = 'size';
      } else if (state === 'trailer') {
        if (text === '') state = 'done';
        else trailers.set(...trailer(text));
      }
    }
  }
  // Some clients leave the last empty line out.
  if (state !== 'done' && state !== 'trailer') throw s3Error('IncompleteBody');
}

function chunkSize(line: string): number {
  const size = /^[0-9a-f]{1,12}(?=;|$)/i.exec(line)?.[0];
  if (size === undefined) throw malformed();
  return Number.parseInt(size, 16);
}

function trailer(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
}

const malformed = () => s3Error('InvalidRequest', {}, 'The aws-chunked body is malformed');
