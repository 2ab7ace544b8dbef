// `npm run bench [-- NAME …]`: measures side by side in one run and prints medians and ratios. It judges nothing and is no test.
import { benchBatching } from './batching.ts';
import { benchLatency } from './latency.ts';
import { benchMemory } from './memory.ts';
import type { Print } from './report.ts';
import { benchThroughput } from './throughput.ts';
import { benchTraining } from './training.ts';

const benches: Record<string, (print: Print) => Promise<void>> = {
  throughput: benchThroughput,
  latency: benchLatency,
  batching: benchBatching,
  memory: benchMemory,
  training: benchTraining,
};

const names = process.argv.slice(2);
for (const name of names.length > 0 ? names : Object.keys(benches)) {
  const bench = benches[name];
  if (bench === undefined) {
    console.error(`There is no bench "${name}"; there are ${Object.keys(benches).join(', ')}.`);
    process.exit(2);
  }
  await bench(console.log);
}
