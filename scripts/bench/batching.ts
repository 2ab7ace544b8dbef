import { interleave, overStarts } from './interleave.ts';
import { type ClosedLoop, closedLoop } from './load/closed-loop.ts';
import { startBareProxy, startGateway, startLeastProxy, startStub } from './load/contestants.ts';
import { missing } from './load/cores.ts';
import { csvPayload } from './load/payload.ts';
import { type Print, printFigure } from './report.ts';
import { medianRatio } from './statistics.ts';
import { printRuns } from './throughput.ts';

const connections = 256;
const rounds = 3;
const seconds = 2;
const starts = 2;
const maxInFlight = 8;
// What wrk cannot send in one batch would be refused, not counted.
const queue = 1_024;

const models = {
  plain: { endpoint: 'x', concurrency: { maxInFlight, maxQueue: queue } },
  batched: { endpoint: 'x', concurrency: { maxInFlight, maxQueue: queue }, batching: { maxInFlight } },
};

/** Predictions/s with batching and without, on a model that is slow and on one that costs nothing. */
export async function benchBatching(print: Print): Promise<void> {
  const reason = missing('wrk');
  if (reason) return print(`batching: skipped, ${reason}`);
  const load = { connections, seconds, payload: csvPayload() };
  await slowModel(print, load);
  await freeModel(print, load);
}

type Load = Omit<ClosedLoop, 'path'>;

async function slowModel(print: Print, load: Load): Promise<void> {
  await using stub = await startStub({ fixedMs: 5, rowMs: 0.02 });
  await using gateway = await startGateway(stub, models);
  const results = await interleave(rounds, {
    'without batching': () => closedLoop(gateway, { ...load, path: '/predict/plain' }),
    'with batching': () => closedLoop(gateway, { ...load, path: '/predict/batched' }),
  });
  print(
    `batching, a model of 5 ms and 0.02 ms a row, ${maxInFlight} calls in flight, ${connections} connections of one row, medians of ${rounds} rounds:`,
  );
  for (const [name, runs] of Object.entries(results)) printRuns(print, name, runs, 'predictions/s');
  const ratio = medianRatio(
    results['with batching'].map(({ perSecond }) => perSecond),
    results['without batching'].map(({ perSecond }) => perSecond),
  );
  printFigure(print, 'with / without', ratio.toFixed(2), 'at least 8 is asked');
}

async function freeModel(print: Print, load: Load): Promise<void> {
  const results = await overStarts(starts, async () => {
    await using stub = await startStub();
    await using bare = await startBareProxy(stub);
    await using least = await startLeastProxy(stub);
    await using gateway = await startGateway(stub, models);
    return await interleave(rounds, {
      'bare proxy': () => closedLoop(bare, { ...load, path: '/predict' }),
      'least proxy': () => closedLoop(least, { ...load, path: '/predict' }),
      'with batching': () => closedLoop(gateway, { ...load, path: '/predict/batched' }),
    });
  });
  print(`batching, a model of no delay, ${rounds} rounds at each of ${starts} starts:`);
  for (const [name, runs] of Object.entries(results)) printRuns(print, name, runs, 'predictions/s');
  const rates = (name: keyof typeof results) => results[name].map(({ perSecond }) => perSecond);
  const ratio = (below: keyof typeof results) => medianRatio(rates('with batching'), rates(below)).toFixed(2);
  printFigure(print, 'with batching / bare proxy', ratio('bare proxy'), 'over 1 is asked');
  printFigure(print, 'with batching / least proxy', ratio('least proxy'));
}
