// `stub.ts FIXED_MS ROW_MS`: what stands for SageMaker's runtime. Answers "0.5" for every row of CSV after a delay, a generated text for
// JSON (as peers ask), and a stream of 50 MB.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PreciseTimer } from '../load/precise-timer.ts';
import { sendStream } from './response-stream.ts';

const [fixedMs = 0, rowMs = 0] = process.argv.slice(2).map(Number);
const timer = fixedMs + rowMs > 0 ? new PreciseTimer() : undefined;
const newline = 0x0a;
const generated = Buffer.from('[{"generated_text":"0.5"}]');
const oneScore = Buffer.from('0.5\n');

/** Newlines, and a last row without one. Counted as it comes: nothing is kept. */
function countRows(request: IncomingMessage, done: (rows: number) => void): void {
  let rows = 0;
  let ended = true;
  request.on('data', (chunk: Buffer) => {
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, at + 1)) rows += 1;
    ended = chunk.at(-1) === newline;
  });
  request.on('end', () => done(ended ? rows : rows + 1));
}

function answer(request: IncomingMessage, response: ServerResponse, rows: number): void {
  const json = request.headers['content-type']?.startsWith('application/json');
  const body = json ? generated : rows === 1 ? oneScore : Buffer.from('0.5\n'.repeat(rows));
  response.writeHead(200, {
    'content-type': json ? 'application/json' : 'text/csv; charset=utf-8',
    'content-length': body.length,
    'x-amzn-invoked-production-variant': 'AllTraffic',
    'x-amzn-requestid': '6f8c3d62-5d53-4e4e-9a3e-0a5b5e1c7f10',
  });
  response.end(body);
}

const server = createServer((request, response) => {
  if (request.url?.endsWith('/invocations-response-stream')) {
    request.resume();
    return sendStream(response);
  }
  countRows(request, (rows) => {
    if (timer === undefined) answer(request, response, rows);
    else timer.after(fixedMs + rowMs * rows, () => answer(request, response, rows));
  });
});
server.keepAliveTimeout = 300_000;
server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
