// `npm run bench [-- NAME …]`: measures side by side in one run and prints medians and ratios. It judges nothing and is no test.
import { availableParallelism, loadavg } from 'node:os';
import { benchBatching } from './batching.ts';
import { benchDatasets } from './datasets.ts';
import { benchIdentity } from './identity.ts';
import { benchLatency } from './latency.ts';
import { amongTheRest } from './load/cores.ts';
import { benchLocalSageMaker } from './local-sagemaker.ts';
import { benchMemory } from './memory.ts';
import { benchObservability } from './observability.ts';
import { benchPeers } from './peers.ts';
import type { Print } from './report.ts';
import { benchThroughput } from './throughput.ts';
import { benchTraining } from './training.ts';

type Bench = (print: Print) => Promise<void>;

/** For benches whose servers have a core to themselves. */
const aside =
  (bench: Bench): Bench =>
  (print) =>
    amongTheRest(() => bench(print));

const benches: Record<string, Bench> = {
  throughput: aside(benchThroughput),
  identity: aside(benchIdentity),
  latency: aside(benchLatency),
  batching: aside(benchBatching),
  memory: aside(benchMemory),
  observability: aside(benchObservability),
  training: benchTraining,
  'local-sagemaker': benchLocalSageMaker,
  datasets: benchDatasets,
  peers: aside(benchPeers),
};
/** Run only when named: one takes minutes, the other installs what it compares with. */
const onlyWhenNamed = new Set(['datasets', 'peers']);

const named = process.argv.slice(2);
const names = named.length > 0 ? named : Object.keys(benches).filter((name) => !onlyWhenNamed.has(name));
const unknown = names.find((name) => benches[name] === undefined);
if (unknown !== undefined) {
  console.error(`There is no bench "${unknown}"; there are ${Object.keys(benches).join(', ')}.`);
  process.exit(2);
}
console.log(
  `${availableParallelism()} cores, load average ${loadavg()[0]?.toFixed(1)} before the start; only a quiet machine gives figures that hold`,
);
for (const name of names) await benches[name]?.(console.log);
