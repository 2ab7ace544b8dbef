import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { parseModel } from '../../../src/local/xgboost/model.ts';
import { runTrainingJob } from '../../../src/local/xgboost/training-job.ts';
import { noisyCsv } from './fixtures.ts';

const ENTRY = join(import.meta.dirname, '../../../src/local/xgboost/train.ts');
const BINARY = { objective: 'binary:logistic', num_round: '3' };
const rows = noisyCsv(200, 1, (signal) => (signal > 0.4 ? 1 : 0));

interface Job {
  hyperparameters: Record<string, string>;
  channels?: Record<string, { ContentType?: string; TrainingInputMode?: string }>;
  /** Path below input/data to content. */
  files: Record<string, string>;
}

function lay(t: Test, { hyperparameters, channels, files }: Job): string {
  const prefix = t.testdir();
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(prefix, path)), { recursive: true });
    writeFileSync(join(prefix, path), text);
  };
  write('input/config/hyperparameters.json', JSON.stringify(hyperparameters));
  write('input/config/inputdataconfig.json', JSON.stringify(channels ?? { train: { ContentType: 'text/csv' } }));
  for (const [path, text] of Object.entries(files)) write(`input/data/${path}`, text);
  return prefix;
}

function start(prefix: string): ChildProcess {
  const child = spawn(process.execPath, [ENTRY], { env: { ...process.env, SM_PREFIX: prefix } });
  child.stderr?.pipe(process.stderr);
  return child;
}

async function run(t: Test, job: Job) {
  const prefix = lay(t, job);
  const child = start(prefix);
  let log = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    log += chunk;
  });
  const [code] = await once(child, 'close');
  const read = (path: string) => (existsSync(join(prefix, path)) ? readFileSync(join(prefix, path), 'utf8') : null);
  return { code, log, model: read('model/xgboost-model'), failure: read('output/failure'), prefix };
}

t.test('trains from nested files, logs as the container does, leaves a model', async (t) => {
  const { code, log, model, failure, prefix } = await run(t, {
    hyperparameters: { ...BINARY, silent: '0' },
    channels: { train: { ContentType: 'csv' }, validation: { ContentType: 'text/csv; label_size=1' } },
    files: {
      'train/a/part-0.csv': rows,
      'train/b/part-1.csv': rows.replaceAll('\n', '\r\n'),
      'train/_SUCCESS': '',
      'train/.hidden': 'x',
      'validation/part.csv': rows,
    },
  });
  t.equal(code, 0);
  t.equal(failure, null);
  const lines = log.trimEnd().split('\n');
  t.match(
    log,
    new RegExp(`INFO\\] 400x6 matrix with \\d+ entries loaded from ${prefix}/input/data/train\\?format=csv&label`),
  );
  t.match(log, 'Train matrix has 400 rows and 6 columns\n');
  t.match(log, 'Validation matrix has 200 rows\n');
  t.match(lines.at(-1), /^\[2\]\ttrain-error:0\.\d{6}\tvalidation-error:0\.\d{6}$/);
  t.equal(parseModel(model ?? '').trees.length, 3);
});

t.test('text/libsvm is what a channel has unless it says otherwise', async (t) => {
  const { code, log, model } = await run(t, {
    hyperparameters: BINARY,
    channels: { train: {} },
    files: { 'train/data': '1:2 0:1.5 3:2\n0 1:-1 # comment\n\n1 0:1\n' },
  });
  t.equal(code, 0);
  t.match(log, '3x4 matrix with 4 entries');
  t.equal(parseModel(model ?? '').features, 4);
});

t.test('text/libsvm of several files, and CSV whose second column is the weight', async (t) => {
  const libsvm = { '1': '1 0:1.5 3:2\n', '2': '0 1:-1\n1 4:1\n' };
  const sparse = await run(t, {
    hyperparameters: BINARY,
    channels: { train: { ContentType: 'text/libsvm' }, validation: { ContentType: 'libsvm' } },
    files: { 'train/deep/part-1': libsvm[1], 'train/part-2': libsvm[2], 'validation/rows': libsvm[2] },
  });
  t.equal(sparse.code, 0, sparse.failure ?? '');
  t.match(sparse.log, 'Train matrix has 3 rows and 5 columns\n');
  t.match(sparse.log, 'Validation matrix has 2 rows\n');
  t.match(sparse.log, /\[2\]\ttrain-error:\d\.\d+\tvalidation-error:/);

  const repeated = rows.replace(/^.*$/gm, (row) => (row === '' ? '' : `${row}\n${row}`));
  const weighted = rows.replace(/^([^,\n]*),/gm, '$1,2,');
  const plain = { ...BINARY, tree_method: 'exact' };
  const twice = await run(t, { hyperparameters: plain, files: { 'train/a.csv': repeated } });
  const heavy = await run(t, { hyperparameters: { ...plain, csv_weights: '1' }, files: { 'train/a.csv': weighted } });
  t.match(heavy.log, 'Train matrix has 200 rows and 6 columns\n');
  const trees = (model: string | null) =>
    parseModel(model ?? '').trees.map(({ feature, condition }) => ({
      feature: [...feature],
      condition: [...condition].map((value) => value.toFixed(4)),
    }));
  t.strictSame(trees(heavy.model), trees(twice.model), 'a weight of two is as two rows');
});

t.test('a fault ends in output/failure', async (t) => {
  const { code, log, failure, model } = await run(t, { hyperparameters: {}, files: { 'train/data.csv': rows } });
  t.equal(code, 1);
  t.equal(failure, 'Missing required hyperparameter: num_round');
  t.match(log, '[ERROR] Missing required hyperparameter: num_round');
  t.equal(model, null);
});

t.test('faults are told in the words of the container', async (t) => {
  const train = { 'train/data.csv': rows };
  const cases: [string, Job, string | RegExp][] = [
    ['channel', { hyperparameters: BINARY, channels: {}, files: train }, 'Missing required channel: train'],
    [
      'strange channel',
      { hyperparameters: BINARY, channels: { train: {}, test: {} }, files: train },
      'Extraneous channel found: test',
    ],
    [
      'empty channel',
      { hyperparameters: BINARY, files: {} },
      /^No data in training channel path .*input\/data\/train$/,
    ],
    [
      'content type',
      { hyperparameters: BINARY, channels: { train: { ContentType: 'text/plain' } }, files: train },
      /^text\/plain is not an accepted ContentType: csv, libsvm, /,
    ],
    [
      'header',
      { hyperparameters: BINARY, files: { 'train/data.csv': `y,age\n1,2\n` } },
      'Failed to load csv data with exception:\ndata.csv, row 1: could not convert string to float: ' +
        "'y'; CSV data must not have a header row",
    ],
    [
      'row',
      { hyperparameters: BINARY, files: { 'train/a.csv': '1,2\n', 'train/b.csv': '1,2\n0,oops\n' } },
      "Failed to load csv data with exception:\nb.csv, row 2: could not convert string to float: 'oops'",
    ],
    [
      'columns',
      { hyperparameters: BINARY, files: { 'train/a.csv': '1,2\n0,2,3\n' } },
      'Failed to load csv data with exception:\na.csv, row 2: expected 2 columns, found 3',
    ],
    [
      'libsvm',
      { hyperparameters: BINARY, channels: { train: {} }, files: train },
      /^Failed to load libsvm data with exception:\ndata.csv, row 1: could not convert string to float: '/,
    ],
    [
      'label',
      { hyperparameters: BINARY, files: { 'train/a.csv': '7,2\n' } },
      'label must be in [0,1] for logistic regression',
    ],
  ];
  for (const [name, job, message] of cases) {
    await t.test(name, async (t) => {
      const running = runTrainingJob(lay(t, job), () => {}, new AbortController().signal);
      await t.rejects(running, { name: 'UserError', message });
    });
  }
});

t.test('SIGTERM ends the job after the round under way, with the model so far', async (t) => {
  const prefix = lay(t, {
    hyperparameters: { ...BINARY, num_round: '1000000' },
    files: { 'train/a': rows },
  });
  const child = start(prefix);
  let rounds = 0;
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    rounds += chunk.match(/^\[\d+\]\t/gm)?.length ?? 0;
    child.kill('SIGTERM');
  });
  const [code] = await once(child, 'close');
  t.equal(code, 0);
  t.ok(rounds > 0 && rounds < 100_000);
  t.equal(parseModel(readFileSync(join(prefix, 'model/xgboost-model'), 'utf8')).trees.length, rounds);
});
