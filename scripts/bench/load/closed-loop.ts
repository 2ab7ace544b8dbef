import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { cores } from './cores.ts';
import type { Payload } from './payload.ts';
import { type ServerProcess, spawnPinned } from './server-process.ts';

export interface ClosedLoopResult {
  /** Answered with a status under 400, each second. */
  readonly perSecond: number;
  /** Processor time of the server for each request, us. */
  readonly cpuMicroseconds: number;
  readonly requests: number;
  /** Answered with an error, or not at all. */
  readonly failed: number;
}

interface WrkSummary {
  readonly requests: number;
  readonly microseconds: number;
  readonly refused: number;
  readonly lost: number;
}

export interface ClosedLoop {
  readonly connections: number;
  readonly seconds: number;
  readonly path: string;
  readonly payload: Payload;
}

/** As many requests as the server can answer, each connection sending the next when it has the answer; by wrk on the core of the rest. */
export async function closedLoop(
  server: ServerProcess,
  { connections, seconds, path, payload }: ClosedLoop,
): Promise<ClosedLoopResult> {
  const before = server.cpuSeconds();
  const wrk = spawnPinned({
    core: cores().rest,
    command: 'wrk',
    args: [
      ...['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', join(import.meta.dirname, 'wrk.lua')],
      ...[`${server.url}${path}`, '--', payload.file, ...Object.entries(payload.headers).flat()],
    ],
  });
  const [output] = await Promise.all([wrk.stdout ? text(wrk.stdout) : '', once(wrk, 'exit')]);
  const line = output.split('\n').find((candidate) => candidate.startsWith('{'));
  if (line === undefined) throw new Error(`wrk did not run: ${output}`);
  const { requests, microseconds, refused, lost } = JSON.parse(line) as WrkSummary;
  return {
    perSecond: ((requests - refused) / microseconds) * 1e6,
    cpuMicroseconds: ((server.cpuSeconds() - before) / requests) * 1e6,
    requests,
    failed: refused + lost,
  };
}
