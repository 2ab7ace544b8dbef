// `bare-proxy.ts UPSTREAM`: node:http on one side, undici's request() on the other, and nothing else: what one would write first.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, request as ask } from 'undici';

const [upstream = ''] = process.argv.slice(2);
const dispatcher = new Agent({ connections: 256, pipelining: 1 });
const url = `${upstream}/endpoints/x/invocations`;

async function forward(contentType: string | undefined, body: Buffer, response: ServerResponse): Promise<void> {
  const answer = await ask(url, { dispatcher, method: 'POST', headers: { 'content-type': contentType }, body });
  response.writeHead(answer.statusCode, {
    'content-type': answer.headers['content-type'] as string,
    'content-length': answer.headers['content-length'] as string,
  });
  answer.body.pipe(response);
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    forward(request.headers['content-type'], Buffer.concat(chunks), response).catch(() => {
      if (!response.headersSent) response.writeHead(502);
      response.end();
    });
  });
});
server.keepAliveTimeout = 300_000;
server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
