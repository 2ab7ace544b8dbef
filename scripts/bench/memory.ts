import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { closedLoop } from './load/closed-loop.ts';
import { callerHeaders, startGateway, startStub } from './load/contestants.ts';
import { missing } from './load/cores.ts';
import { csvPayload, csvRows } from './load/payload.ts';
import type { ServerProcess } from './load/server-process.ts';
import { type Print, printFigure, whole } from './report.ts';
import { streamBytes } from './servers/response-stream.ts';

const megabyte = 1_024 * 1_024;
const largest = 25 * megabyte;

/** What a load did; an answer that was refused, cut short or never came is lost. */
interface Outcome {
  readonly requests: number;
  readonly lost: number;
}

async function smallRequests(gateway: ServerProcess): Promise<Outcome> {
  const load = { connections: 1_000, seconds: 8, path: '/predict', payload: csvPayload() };
  const { requests, failed } = await closedLoop(gateway, load);
  return { requests, lost: failed };
}

/** Posts `count` times, so many at once, and counts the bytes of every answer. */
async function postAll(
  url: string,
  {
    count,
    atOnce,
    type,
    body,
    expected,
  }: Readonly<{ count: number; atOnce: number; type: string; body: Buffer; expected: number }>,
): Promise<Outcome> {
  let left = count;
  let lost = 0;
  async function post(): Promise<void> {
    const headers = { ...callerHeaders, 'content-type': type, accept: type };
    const answer = await request(url, { method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 });
    let bytes = 0;
    for await (const chunk of answer.body) bytes += (chunk as Buffer).length;
    if (answer.statusCode !== 200 || bytes !== expected) lost += 1;
  }
  async function next(): Promise<void> {
    while (left > 0) {
      left -= 1;
      await post().catch(() => {
        lost += 1;
      });
    }
  }
  await Promise.all(Array.from({ length: atOnce }, next));
  return { requests: count, lost };
}

const rows = csvRows(largest);
const loads: Readonly<Record<string, (gateway: ServerProcess) => Promise<Outcome>>> = {
  '1,000 connections of small requests': smallRequests,
  '25 MB of CSV, four at a time': ({ url }) =>
    postAll(`${url}/predict`, {
      count: 24,
      atOnce: 4,
      type: 'text/csv',
      body: rows,
      expected: (rows.length / 400) * 4,
    }),
  '25 MB of any other type, four at a time': ({ url }) =>
    postAll(`${url}/predict`, {
      ...{ count: 24, atOnce: 4, type: 'application/octet-stream' },
      ...{ body: Buffer.alloc(largest, 'x'), expected: 4 },
    }),
  '100 streams of 50 MB at once': ({ url }) =>
    postAll(`${url}/predict/x/stream`, {
      ...{ count: 100, atOnce: 100, type: 'application/octet-stream' },
      ...{ body: Buffer.from('x'), expected: streamBytes },
    }),
};

/** Memory above idle at the worst moment of a load. */
async function peakDuring(gateway: ServerProcess, load: () => Promise<Outcome>): Promise<Outcome & { peak: number }> {
  await sleep(1_000);
  const idle = gateway.rssBytes();
  let peak = idle;
  const sampler = setInterval(() => {
    peak = Math.max(peak, gateway.rssBytes());
  }, 20);
  try {
    return { ...(await load()), peak: peak - idle };
  } finally {
    clearInterval(sampler);
  }
}

/** How far memory rises, each load on a gateway of its own. */
export async function benchMemory(print: Print): Promise<void> {
  const reason = missing('wrk');
  if (reason) return print(`memory: skipped, ${reason}`);
  print('memory above idle at the worst moment:');
  for (const [name, load] of Object.entries(loads)) {
    await using stub = await startStub();
    await using gateway = await startGateway(stub);
    const { requests, lost, peak } = await peakDuring(gateway, () => load(gateway));
    printFigure(print, name, `${whole(peak / megabyte)} MB`, 'under 300 MB is asked');
    printFigure(print, '  lost', `${whole(lost)} of ${whole(requests)}`, '0 is asked');
  }
}
