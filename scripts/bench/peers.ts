import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { interleave } from './interleave.ts';
import { type ClosedLoopResult, closedLoop } from './load/closed-loop.ts';
import { startGateway, startStub } from './load/contestants.ts';
import { missing } from './load/cores.ts';
import { csvPayload, jsonPayload } from './load/payload.ts';
import type { ServerProcess } from './load/server-process.ts';
import { awsSigv4Proxy } from './peers/aws-sigv4-proxy.ts';
import { litellm } from './peers/litellm.ts';
import type { Peer } from './peers/peer.ts';
import { portkey } from './peers/portkey.ts';
import { type Print, printFigure } from './report.ts';
import { medianRatio } from './statistics.ts';
import { printRuns } from './throughput.ts';

const connections = 32;
const seconds = 3;
const rounds = 3;
const folder = join(tmpdir(), 'sagemaker-gateway-bench-peers');

/** Installs and starts a peer, and sees that it does the work. @throws Error with the reason why not */
async function enter(peer: Peer, upstream: ServerProcess): Promise<ServerProcess> {
  peer.install(folder);
  const server = await peer.start(folder, upstream);
  const { body, headers } = peer.payload(upstream);
  const answer = await fetch(`${server.url}${peer.path}`, { method: 'POST', headers, body: new Uint8Array(body) });
  const text = await answer.text();
  if (answer.ok && text.includes('0.5')) return server;
  await server[Symbol.asyncDispose]();
  throw new Error(`it answered ${answer.status}: ${text.slice(0, 200)}`);
}

/** Requests/s for one row beside other programs that reach SageMaker, with the nearest equal work of each. Installs them. */
export async function benchPeers(print: Print): Promise<void> {
  const reason = missing('wrk');
  if (reason) return print(`peers: skipped, ${reason}`);
  mkdirSync(folder, { recursive: true });
  await using started = new AsyncDisposableStack();
  const stub = started.use(await startStub());
  const gateway = started.use(await startGateway(stub));
  const load = { connections, seconds };
  const contestants: Record<string, () => Promise<ClosedLoopResult>> = {
    'gateway, text/csv': () => closedLoop(gateway, { ...load, path: '/predict', payload: csvPayload() }),
    'gateway, JSON data': () => closedLoop(gateway, { ...load, path: '/predict', payload: jsonPayload() }),
  };
  print(`peers, one row, ${connections} connections, medians of ${rounds} rounds:`);
  const entered: Peer[] = [];
  for (const peer of [portkey, litellm, awsSigv4Proxy]) {
    try {
      const server = started.use(await enter(peer, stub));
      const { path } = peer;
      contestants[peer.name] = () => closedLoop(server, { ...load, path, payload: peer.payload(stub) });
      entered.push(peer);
    } catch (error) {
      print(`  ${peer.name}: skipped, ${(error as Error).message}`);
    }
  }

  const results = await interleave(rounds, contestants);
  for (const [name, runs] of Object.entries(results)) printRuns(print, name, runs);
  const rates = (name: string) => (results[name] ?? []).map(({ perSecond }) => perSecond);
  for (const { name, difference } of entered) {
    const own = name === awsSigv4Proxy.name ? 'gateway, text/csv' : 'gateway, JSON data';
    printFigure(print, `${own} / ${name}`, medianRatio(rates(own), rates(name)).toFixed(2), difference);
  }
}
