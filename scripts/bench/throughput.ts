import { interleave, overStarts } from './interleave.ts';
import { type ClosedLoopResult, closedLoop } from './load/closed-loop.ts';
import { startBareProxy, startGateway, startLeastProxy, startSdkRoute, startStub } from './load/contestants.ts';
import { missing } from './load/cores.ts';
import { csvPayload, jsonPayload } from './load/payload.ts';
import { type Print, printFigure, whole } from './report.ts';
import { median, medianRatio } from './statistics.ts';

const connections = 32;
const seconds = 2;
const rounds = 3;
const starts = 4;

async function oneStart() {
  const csv = { connections, seconds, path: '/predict', payload: csvPayload() };
  const json = { ...csv, payload: jsonPayload() };
  await using stub = await startStub();
  await using bare = await startBareProxy(stub);
  await using least = await startLeastProxy(stub);
  await using gateway = await startGateway(stub);
  await using sdk = await startSdkRoute(stub);
  return await interleave(rounds, {
    'bare proxy': () => closedLoop(bare, csv),
    'least proxy': () => closedLoop(least, csv),
    'gateway, text/csv': () => closedLoop(gateway, csv),
    'gateway, JSON data': () => closedLoop(gateway, json),
    'AWS SDK route': () => closedLoop(sdk, csv),
  });
}

/** Requests/s of the gateway beside the practical limit and the AWS SDK's client. */
export async function benchThroughput(print: Print): Promise<void> {
  const reason = missing('wrk');
  if (reason) return print(`throughput: skipped, ${reason}`);
  const results = await overStarts(starts, oneStart);

  print(
    `throughput, one row of 400 bytes, ${connections} connections, medians of ${rounds} rounds at each of ${starts} starts;`,
  );
  print('the gateway has API keys, metrics and the access log on, as it is by default;');
  print('bare: node:http to request() of undici; least: to its dispatch(), as the gateway does it:');
  for (const [name, runs] of Object.entries(results)) printRuns(print, name, runs);
  const rates = (name: keyof typeof results) => results[name].map(({ perSecond }) => perSecond);
  const ratio = (above: keyof typeof results, below: keyof typeof results) =>
    medianRatio(rates(above), rates(below)).toFixed(2);
  for (const name of ['gateway, text/csv', 'gateway, JSON data'] as const) {
    printFigure(print, `${name} / bare proxy`, ratio(name, 'bare proxy'), 'at least 0.6 is asked');
    printFigure(print, `${name} / least proxy`, ratio(name, 'least proxy'));
  }
  printFigure(
    print,
    'gateway, text/csv / AWS SDK route',
    ratio('gateway, text/csv', 'AWS SDK route'),
    'at least 4 is asked',
  );
}

/** Requests/s and processor time of one contestant, and what it lost. */
export function printRuns(print: Print, name: string, runs: readonly ClosedLoopResult[], what = 'requests/s'): void {
  const cpu = `${median(runs.map(({ cpuMicroseconds }) => cpuMicroseconds)).toFixed(0)} us of processor each`;
  const failed = runs.reduce((sum, run) => sum + run.failed, 0);
  const lost = failed > 0 ? `, ${whole(failed)} FAILED` : '';
  printFigure(print, name, `${whole(median(runs.map(({ perSecond }) => perSecond)))} ${what}`, cpu + lost);
}
