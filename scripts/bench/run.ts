// `npm run bench [-- NAME …]`: measures side by side in one run and prints medians and ratios. It judges nothing and is no test.
import type { Print } from './report.ts';
import { benchThroughput } from './throughput.ts';
import { benchTraining } from './training.ts';

const benches: Record<string, (print: Print) => Promise<void>> = {
  throughput: benchThroughput,
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
