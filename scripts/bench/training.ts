import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { train } from '../../src/local/xgboost/booster.ts';
import { validateHyperparameters } from '../../src/local/xgboost/hyperparameters.ts';
import { MatrixBuilder } from '../../src/local/xgboost/matrix.ts';
import { parseCsv } from '../../src/local/xgboost/text-data.ts';
import { bankDataMissing, bankSplit } from '../../test/local/xgboost/bank-data.ts';
import { median } from './statistics.ts';

const pairs = 7;
const python = process.env.PEER_PYTHON ?? 'python3';
const hyperparameters = {
  max_depth: '5',
  eta: '0.2',
  gamma: '4',
  min_child_weight: '6',
  subsample: '0.8',
  objective: 'binary:logistic',
  num_round: '100',
};

function trainHere(csv: Buffer): () => Promise<number> {
  const matrix = new MatrixBuilder();
  parseCsv(csv, 0, csv.length, { delimiter: 0x2c, leading: 1 }, matrix);
  const rows = matrix.build();
  return async () => {
    const start = performance.now();
    train(validateHyperparameters(hyperparameters), rows);
    return (performance.now() - start) / 1_000;
  };
}

function trainNatively(file: string): { run: () => Promise<number>; process: ChildProcess } {
  const script = join(import.meta.dirname, 'native-xgboost.py');
  const child = spawn(python, [script, file, JSON.stringify(hyperparameters)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: child.stdout });
  const run = async (): Promise<number> => {
    child.stdin.write('\n');
    const [seconds] = (await once(answers, 'line')) as [string];
    return Number(seconds);
  };
  return { run, process: child };
}

/** Training of the tutorial's model: the embedded trainer beside native XGBoost on one thread, in turn. */
export async function benchTraining(print: (line: string) => void): Promise<void> {
  if (bankDataMissing) return print(`training: skipped, ${bankDataMissing}`);
  if (spawnSync(python, ['-c', 'import xgboost']).status !== 0)
    return print(`training: skipped, ${python} has no xgboost`);
  const { train: csv } = bankSplit();
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = join(folder, 'train.csv');
  writeFileSync(file, csv);
  const here = trainHere(csv);
  const native = trainNatively(file);
  try {
    const times: { here: number; native: number }[] = [];
    for (let pair = 0; pair <= pairs; pair += 1) {
      const time = { here: await here(), native: await native.run() };
      // The first pair warms both up.
      if (pair > 0) times.push(time);
    }
    print('training, 28,831 x 59 rows, 100 rounds, one thread:');
    print(`  embedded trainer   ${median(times.map((time) => time.here)).toFixed(3)} s`);
    print(`  native XGBoost     ${median(times.map((time) => time.native)).toFixed(3)} s (tree_method hist)`);
    print(
      `  ratio              ${median(times.map((time) => time.here / time.native)).toFixed(2)} (median of ${pairs} pairs; at most 5 is asked)`,
    );
  } finally {
    native.process.stdin?.end();
    rmSync(folder, { recursive: true });
  }
}
