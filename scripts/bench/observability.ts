import { interleave, overStarts } from './interleave.ts';
import { closedLoop } from './load/closed-loop.ts';
import { caller, startGateway, startStub } from './load/contestants.ts';
import { missing } from './load/cores.ts';
import { csvPayload } from './load/payload.ts';
import { type Print, printFigure } from './report.ts';
import { medianRatio } from './statistics.ts';
import { printRuns } from './throughput.ts';

const rounds = 4;
const starts = 4;
/** What is run for one request in a hundred takes that much longer to be compiled. */
const warmUps = 8;

async function oneStart() {
  const load = { connections: 32, seconds: 2, path: '/predict', payload: csvPayload() };
  await using stub = await startStub();
  await using collector = await startStub();
  const start = (settings: Readonly<Record<string, unknown>>) =>
    startGateway(stub, undefined, { clients: { bench: caller }, ...settings });
  const traced = (sampleRatio: number) => ({ tracing: { endpoint: collector.url, sampleRatio } });
  await using blind = await start({ metrics: { enabled: false } });
  await using counting = await start({});
  await using sampling = await start(traced(0.01));
  await using recording = await start(traced(1));
  return await interleave(
    rounds,
    {
      'neither metrics nor traces': () => closedLoop(blind, load),
      'metrics, the default': () => closedLoop(counting, load),
      'metrics, traces of 1 %': () => closedLoop(sampling, load),
      'metrics, traces of all': () => closedLoop(recording, load),
    },
    warmUps,
  );
}

/** What metrics and traces cost in requests/s. */
export async function benchObservability(print: Print): Promise<void> {
  const reason = missing('wrk');
  if (reason) return print(`observability: skipped, ${reason}`);
  const results = await overStarts(starts, oneStart);
  print(`metrics and traces, one row of 400 bytes, medians of ${rounds} rounds at each of ${starts} starts:`);
  for (const [name, runs] of Object.entries(results)) printRuns(print, name, runs);
  const rates = (name: keyof typeof results) => results[name].map(({ perSecond }) => perSecond);
  const ratio = (above: keyof typeof results, below: keyof typeof results) =>
    medianRatio(rates(above), rates(below)).toFixed(3);
  printFigure(
    print,
    'with metrics / without',
    ratio('metrics, the default', 'neither metrics nor traces'),
    '0.95 asked',
  );
  printFigure(print, 'traces of 1 % / none', ratio('metrics, traces of 1 %', 'metrics, the default'), '0.95 asked');
  printFigure(print, 'traces of all / none', ratio('metrics, traces of all', 'metrics, the default'));
}
