import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LoadReport {
  answered: number;
  /** What went wrong, one line for each request that got no 200. */
  readonly failures: string[];
}

export interface Load {
  readonly report: LoadReport;
  /** Ends when every request that was sent has its answer. */
  stop(): Promise<LoadReport>;
}

interface Answer {
  readonly status: number;
  readonly connection: string | undefined;
  readonly body: string;
}

/** One request over an agent's connections. */
export function ask(
  url: string,
  { agent, body, headers = {} }: { agent?: Agent; body?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: body === undefined ? 'GET' : 'POST', headers, timeout: 60_000, ...(agent ? { agent } : {}) },
      (response) => {
        const chunks: Buffer[] = [];
        response
          .on('data', (chunk: Buffer) => chunks.push(chunk))
          .on('error', reject)
          .on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              connection: response.headers.connection,
              body: Buffer.concat(chunks).toString(),
            }),
          );
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('no answer within 60 s'))).on('error', reject);
    sent.end(body);
  });
}

/**
 * Predicts without pause over kept-alive connections. A request counts as failed when it gets anything but 200.
 * @param options.pauseMs between the requests of a connection, to leave a small machine some air
 */
export function startLoad(
  url: string,
  options: { connections: number; headers?: Record<string, string>; pauseMs?: number },
): Load {
  const { connections, headers = {}, pauseMs = 0 } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const report: LoadReport = { answered: 0, failures: [] };
  let going = true;
  const body = JSON.stringify({ data: Array.from({ length: 59 }, () => 0).join(',') });

  const connection = async () => {
    while (going) {
      try {
        const answer = await ask(url, { agent, body, headers: { 'content-type': 'application/json', ...headers } });
        if (answer.status === 200) report.answered += 1;
        else report.failures.push(`${answer.status} ${answer.body.slice(0, 200)}`);
      } catch (error) {
        report.failures.push(String(error));
      }
      if (pauseMs > 0) await sleep(pauseMs);
    }
  };
  const all = Promise.all(Array.from({ length: connections }, connection));
  return {
    report,
    async stop() {
      going = false;
      await all;
      agent.destroy();
      return report;
    },
  };
}

/** Waits until a URL answers with a status. */
export async function waitFor(url: string, status: number, limitMs: number): Promise<number> {
  const started = performance.now();
  for (;;) {
    const answer = await ask(url).catch(() => undefined);
    if (answer?.status === status) return performance.now() - started;
    if (performance.now() - started > limitMs)
      throw new Error(`${url} did not answer ${status} within ${limitMs} ms, but ${answer?.status ?? 'nothing'}`);
    await sleep(10);
  }
}
