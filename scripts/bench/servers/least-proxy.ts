// `least-proxy.ts UPSTREAM`: as the bare proxy, with undici's dispatch() and handlers of its own, which spare it undici's stream: the least that forwards.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, type Dispatcher } from 'undici';

const [upstream = ''] = process.argv.slice(2);
const agent = new Agent({ connections: 256, pipelining: 1 });
const path = '/endpoints/x/invocations';

const forwardTo = (response: ServerResponse): Dispatcher.DispatchHandler => ({
  onRequestStart() {},
  onResponseStart(_controller, status, headers) {
    response.writeHead(status, {
      'content-type': headers['content-type'] as string,
      'content-length': headers['content-length'] as string,
    });
  },
  onResponseData(_controller, chunk) {
    response.write(chunk);
  },
  onResponseEnd() {
    response.end();
  },
  onResponseError() {
    if (!response.headersSent) response.writeHead(502);
    response.end();
  },
});

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    const headers = { 'content-type': request.headers['content-type'] as string };
    agent.dispatch({ origin: upstream, path, method: 'POST', headers, body }, forwardTo(response));
  });
});
server.keepAliveTimeout = 300_000;
server.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }, () =>
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
