import { once } from 'node:events';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { startGateway, startStub } from './load/contestants.ts';
import { cores, missing } from './load/cores.ts';
import type { OpenLoopResult, OpenLoopSpec } from './load/open-loop.ts';
import { csvPayload } from './load/payload.ts';
import { type ServerProcess, spawnPinned } from './load/server-process.ts';
import { type Print, printFigure, whole } from './report.ts';
import { median, quantile } from './statistics.ts';

const perSecond = 1_000;
// Fewer are enough to know the quantiles, and leave the core to the rest.
const directPerSecond = 250;
const seconds = 4;
const rounds = 9;
/** Rounds for the compiler, which needs tens of thousands of requests: at this rate more than the other benches have. */
const warmUps = 10;

interface Round {
  readonly direct: OpenLoopResult;
  readonly gateway: OpenLoopResult;
}

async function measure(stub: ServerProcess, gateway: ServerProcess): Promise<Round[]> {
  const { file, headers } = csvPayload();
  const spec: OpenLoopSpec = {
    rounds: warmUps + rounds,
    seconds,
    file,
    headers: { accept: 'text/csv', ...headers },
    targets: [
      { url: `${stub.url}/endpoints/x/invocations`, perSecond: directPerSecond },
      { url: `${gateway.url}/predict`, perSecond },
    ],
  };
  const generator = spawnPinned({
    core: cores().rest,
    command: process.execPath,
    args: [join(import.meta.dirname, 'load/open-loop.ts'), JSON.stringify(spec)],
  });
  generator.stderr?.pipe(process.stderr);
  const [results] = await Promise.all([generator.stdout ? json(generator.stdout) : [], once(generator, 'exit')]);
  return (results as [OpenLoopResult, OpenLoopResult][])
    .slice(warmUps)
    .map(([direct, through]) => ({ direct, gateway: through }));
}

/** What the gateway adds to the time of a call at a constant rate. */
export async function benchLatency(print: Print): Promise<void> {
  const reason = missing();
  if (reason) return print(`latency: skipped, ${reason}`);
  await using stub = await startStub({ fixedMs: 5 });
  await using gateway = await startGateway(stub);
  const measured = await measure(stub, gateway);

  print(
    `latency, ${whole(perSecond)} requests/s at a constant rate, a model of 5 ms, direct calls in between, medians of ${rounds} rounds:`,
  );
  for (const [share, asked] of [
    [0.5, 'under 0.5 ms is asked'],
    [0.99, 'under 2 ms is asked'],
  ] as const) {
    const of = (name: keyof Round) => measured.map((round) => quantile(round[name].milliseconds, share));
    const direct = of('direct');
    const added = median(of('gateway').map((through, i) => through - (direct[i] ?? Number.NaN)));
    const name = `p${share * 100}`;
    printFigure(print, `${name} of direct calls`, `${median(direct).toFixed(2)} ms`);
    printFigure(print, `${name} added by the gateway`, `${added.toFixed(2)} ms`, asked);
  }
  const failed = measured.reduce((sum, { gateway: { failed: count } }) => sum + count, 0);
  printFigure(print, 'requests failed', whole(failed), '0 is asked');
}
