import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { interleave } from './interleave.ts';
import { closedLoop } from './load/closed-loop.ts';
import { caller, startGateway, startStub } from './load/contestants.ts';
import { cores, missing } from './load/cores.ts';
import { csvPayload } from './load/payload.ts';
import { type Print, printFigure } from './report.ts';
import { medianRatio } from './statistics.ts';
import { printRuns } from './throughput.ts';

const rounds = 5;
/** Wide enough that nobody meets them: what they cost is measured, not what they refuse. */
const plan = { rate: { perSecond: 1_000_000, burst: 1_000_000 }, quotas: { day: 1_000_000_000 } };
const limited = { clients: { bench: { ...caller, plan: 'wide' } }, plans: { wide: plan } };
const redisPort = 16_379;

/** What it costs to know who calls and to hold them to a plan. */
export async function benchIdentity(print: Print): Promise<void> {
  const reason = missing('wrk', 'redis-server');
  if (reason) return print(`identity: skipped, ${reason}`);
  const redis = spawn(
    'taskset',
    [
      ...['-c', String(cores().rest), 'redis-server', '--port', String(redisPort), '--bind', '127.0.0.1'],
      ...['--save', '', '--appendonly', 'no'],
    ],
    { stdio: 'ignore' },
  );
  try {
    await using stub = await startStub();
    await using open = await startGateway(stub, undefined, {});
    await using keys = await startGateway(stub);
    await using memory = await startGateway(stub, undefined, limited);
    await using shared = await startGateway(stub, undefined, {
      ...limited,
      limits: { redisUrl: `redis://127.0.0.1:${redisPort}` },
    });
    const load = { connections: 32, seconds: 3, path: '/predict', payload: csvPayload() };
    const results = await interleave(rounds, {
      'nobody is asked': () => closedLoop(open, load),
      'API key': () => closedLoop(keys, load),
      'API key, rate and quota in memory': () => closedLoop(memory, load),
      'API key, rate and quota in Redis': () => closedLoop(shared, load),
    });
    print(`identity and limits, one row of 400 bytes, ${load.connections} connections, medians of ${rounds} rounds:`);
    for (const [name, runs] of Object.entries(results)) printRuns(print, name, runs);
    const rates = (name: keyof typeof results) => results[name].map(({ perSecond }) => perSecond);
    for (const [name, asked] of [
      ['API key, rate and quota in memory', 'more than 0.85 is asked'],
      ['API key, rate and quota in Redis', 'Redis shares a core with the load'],
    ] as const)
      printFigure(
        print,
        `${name} / nobody is asked`,
        medianRatio(rates(name), rates('nobody is asked')).toFixed(2),
        asked,
      );
  } finally {
    redis.kill();
    if (redis.exitCode === null) await once(redis, 'exit');
  }
}
