import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { request } from 'undici';
import { caller, callerHeaders, credentials, script, startGateway } from './load/contestants.ts';
import { cores, missing } from './load/cores.ts';
import type { ServerProcess } from './load/server-process.ts';
import { type Print, printFigure, whole } from './report.ts';

const megabyte = 1_024 * 1_024;
/** Size of the data set; a smaller one for a quick look. */
const size = Number(process.env.BENCH_DATASET_MB ?? 1_024) * megabyte;
const block = 1_000;

/** Rows like those of a bank: numbers with many and with few values, texts, a label. */
function* rows(): Generator<string> {
  yield 'id,age,job,balance,days,city,label\n';
  for (let first = 0, bytes = 0; bytes < size; first += block) {
    let text = '';
    for (let i = first; i < first + block; i += 1) {
      text += `${i},${18 + (i % 70)},job-${i % 12},${((i * 7_919) % 1_000_003) / 100},${i % 9 ? 999 : i % 30},city-${i % 97},${i % 5 ? 'no' : 'yes'}\n`;
    }
    bytes += text.length;
    yield text;
  }
}

interface State {
  readonly status: string;
  readonly rows: number;
  readonly failureReason?: string;
}

async function send(gateway: ServerProcess, path: string, type: string, body: string | Readable): Promise<void> {
  const headers = { ...callerHeaders, 'content-type': type };
  const answer = await request(`${gateway.url}/admin/datasets${path}`, {
    ...{ method: 'POST', headers, body, headersTimeout: 0, bodyTimeout: 0 },
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${path}: ${text}`);
}

/** When the stream of its events has ended, it is complete. */
async function made(gateway: ServerProcess, name: string): Promise<State> {
  const options = { headers: callerHeaders, headersTimeout: 0, bodyTimeout: 0 };
  await (await request(`${gateway.url}/admin/datasets/${name}/events`, options)).body.dump({ limit: 1e9 });
  const state = (await (await request(`${gateway.url}/admin/datasets/${name}`, options)).body.json()) as State;
  if (state.status !== 'Completed') throw new Error(`${name} is ${state.status}: ${state.failureReason}`);
  return state;
}

/** Memory of the gateway while a large data set is uploaded, prepared and split. */
export async function benchDatasets(print: Print): Promise<void> {
  const reason = missing();
  if (reason) return print(`datasets: skipped, ${reason}`);
  const state = await mkdtemp(join(tmpdir(), 'sagemaker-gateway-bench-'));
  try {
    await using sagemaker = await script(
      cores().rest,
      '../../local-sagemaker.ts',
      ['--port', '0', '--state', state],
      credentials,
    );
    const clients = { bench: { ...caller, scopes: ['predict', 'admin:read', 'admin:write'] } };
    const server = { requestTimeoutMs: 3_600_000 };
    await using gateway = await startGateway(sagemaker, undefined, { clients, server });
    const idle = gateway.rssBytes();
    const json = 'application/json';
    const steps: readonly [string, () => Promise<unknown>][] = [
      ['upload, with profile', () => send(gateway, '?name=large', 'text/csv', Readable.from(rows()))],
      [
        'prepare',
        async () => {
          const order = { as: 'ready', label: 'label', dropColumns: ['id', 'city'], missing: { days: ['999'] } };
          await send(gateway, '/large/prepare', json, JSON.stringify(order));
          await made(gateway, 'ready');
        },
      ],
      [
        'split',
        async () => {
          const order = { parts: { train: 0.7, validation: 0.1, test: 0.2 }, stratifyBy: 'label' };
          await send(gateway, '/large/split', json, JSON.stringify(order));
          for (const part of Object.keys(order.parts)) await made(gateway, `large-${part}`);
        },
      ],
    ];
    print(`a data set of ${whole(size / megabyte)} MB, memory of the gateway above idle at the worst moment:`);
    for (const [name, step] of steps) {
      let peak = 0;
      const sampler = setInterval(() => {
        peak = Math.max(peak, gateway.rssBytes() - idle);
      }, 50);
      const begun = performance.now();
      await step().finally(() => clearInterval(sampler));
      const seconds = (performance.now() - begun) / 1_000;
      printFigure(
        print,
        name,
        `${whole(peak / megabyte)} MB`,
        `${whole(seconds)} s, ${(size / megabyte / seconds).toFixed(1)} MB/s`,
      );
    }
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}
