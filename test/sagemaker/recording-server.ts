import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Test } from 'tap';

export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Header names as often as they came, in lower case. */
  readonly headerNames: readonly string[];
  readonly body: Buffer;
}

/** How the server answers; it may as well not. */
export type Answering = (response: ServerResponse, request: IncomingMessage, body: Buffer) => void;

export const answering =
  (status: number, headers: Record<string, string>, body: string | Buffer = ''): Answering =>
  (response) =>
    response.writeHead(status, headers).end(body);

/** An HTTP server in the place of the SageMaker runtime: keeps what arrives, and answers as told. */
export async function recordingServer(t: Test) {
  const recorded: Recorded[] = [];
  const state = { answer: answering(200, { 'content-type': 'text/csv' }, '0.5\n') };
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    recorded.push({
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      headerNames: request.rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase()),
      body,
    });
    state.answer(response, request, body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  t.teardown(stop);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    recorded,
    last: (): Recorded => {
      const request = recorded.at(-1);
      if (request === undefined) throw new Error('nothing arrived');
      return request;
    },
    answerWith(answer: Answering): void {
      state.answer = answer;
    },
    stop,
  };
}
