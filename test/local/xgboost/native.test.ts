import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { train } from '../../../src/local/xgboost/booster.ts';
import { validateHyperparameters } from '../../../src/local/xgboost/hyperparameters.ts';
import { parseModel } from '../../../src/local/xgboost/model.ts';
import { modelToJson } from '../../../src/local/xgboost/model-json.ts';
import { Scorer } from '../../../src/local/xgboost/scorer.ts';
import { bankDataMissing, bankSplit, TUTORIAL } from './bank-data.ts';
import { csvMatrix, noisyCsv } from './fixtures.ts';

const PYTHON = process.env.PEER_PYTHON ?? 'python3';
const probe = spawnSync(PYTHON, ['-c', 'import xgboost; print(xgboost.__version__)'], { encoding: 'utf8' });
const nativeMissing =
  probe.status === 0 ? false : `no native XGBoost: ${probe.error?.message ?? probe.stderr.trim().split('\n').at(-1)}`;
if (!nativeMissing) t.comment(`native XGBoost ${probe.stdout.trim()}`);

/** Scores the CSV files with the models named beside them; trains the models that come with parameters first. */
const PEER = `
import json, sys
import numpy as np, xgboost as xgb
for job in json.load(open(sys.argv[1])):
    table = np.genfromtxt(job['csv'], delimiter=',', dtype='f')
    data = xgb.DMatrix(table[:, 1:], table[:, 0])
    if 'params' in job:
        booster = xgb.train(job['params'], data, job['rounds'])
        booster.save_model(job['model'])
    else:
        booster = xgb.Booster(model_file=job['model'])
        raw = xgb.Booster()
        raw.load_model(bytearray(open(job['model'], 'rb').read()))
        assert (raw.predict(data) == booster.predict(data)).all()
    np.savetxt(job['scores'], booster.predict(data).ravel(), fmt='%.9g')
`;

interface Peer {
  name: string;
  csv: string;
  /** A model of ours to score, or else what to train natively. */
  json?: string;
  params?: Record<string, string | number>;
  rounds?: number;
}

function ask(directory: string, peers: readonly Peer[]): { model: string; scores: Float64Array }[] {
  const jobs = peers.map(({ name, csv, json, params, rounds }) => {
    const path = (extension: string) => join(directory, `${name}.${extension}`);
    writeFileSync(path('csv'), csv);
    if (json) writeFileSync(path('json'), json);
    return { csv: path('csv'), model: path('json'), scores: path('txt'), params, rounds };
  });
  writeFileSync(join(directory, 'jobs'), JSON.stringify(jobs));
  const run = spawnSync(PYTHON, ['-c', PEER, join(directory, 'jobs')], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return jobs.map(({ model, scores }) => ({
    model: readFileSync(model, 'utf8'),
    scores: Float64Array.from(readFileSync(scores, 'utf8').trimEnd().split('\n'), Number),
  }));
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  return Array.from(a).reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] as number))), 0);
}

const skipBank = nativeMissing || bankDataMissing;
t.test("native XGBoost scores the tutorial's model as we do", { skip: skipBank }, async (t) => {
  const { train: rows, test } = bankSplit();
  const model = train(validateHyperparameters(TUTORIAL), csvMatrix(rows));
  const [native] = ask(t.testdir(), [{ name: 'bank', csv: test.toString(), json: modelToJson(model) }]);
  const difference = largestDifference(new Scorer(model).predict(csvMatrix(test)), native?.scores ?? []);
  t.equal(native?.scores.length, 12_357);
  t.ok(difference <= 1e-7, `largest difference ${difference}`);
});

const binary = (signal: number) => (signal > 0.4 ? 1 : 0);
const classes = (signal: number) => (signal < -0.5 ? 0 : signal < 0.7 ? 1 : 2);
const counts = (signal: number) => Math.max(0, Math.round(signal * 2));

/** With max_bin above the number of distinct values nothing is left to approximate. */
const CASES: [string, (signal: number) => number, Record<string, string>][] = [
  ['logistic', binary, { objective: 'binary:logistic', base_score: '0.3', tree_method: 'hist', max_bin: '1024' }],
  ['exact', binary, { objective: 'reg:logistic', tree_method: 'exact', gamma: '1' }],
  [
    'regularised',
    binary,
    {
      objective: 'binary:logistic',
      tree_method: 'hist',
      max_bin: '1024',
      gamma: '2',
      alpha: '1.5',
      lambda: '3',
      min_child_weight: '5',
      scale_pos_weight: '2.5',
    },
  ],
  ['logitraw', binary, { objective: 'binary:logitraw', tree_method: 'exact' }],
  ['squarederror', (s) => s, { objective: 'reg:squarederror', tree_method: 'exact', base_score: '0.1' }],
  ['poisson', counts, { objective: 'count:poisson', tree_method: 'hist', max_bin: '1024' }],
  ['softprob', classes, { objective: 'multi:softprob', num_class: '3', tree_method: 'hist', max_bin: '1024' }],
  ['softmax', classes, { objective: 'multi:softmax', num_class: '3', tree_method: 'hist', max_bin: '1024' }],
  [
    'lossguide',
    binary,
    {
      objective: 'binary:logistic',
      tree_method: 'hist',
      max_bin: '1024',
      grow_policy: 'lossguide',
      max_leaves: '9',
      max_depth: '0',
    },
  ],
];

t.test('both ways, with missing values', { skip: nativeMissing }, async (t) => {
  const directory = t.testdir();
  const trained = CASES.map(([name, label, raw]) => {
    const csv = noisyCsv(1500, 9, label);
    const params = { max_depth: '4', base_score: '0.5', ...raw };
    const model = train(validateHyperparameters({ num_round: '20', ...params }), csvMatrix(csv));
    return { name, csv, params, model };
  });
  const ours = ask(
    directory,
    trained.map(({ name, csv, model }) => ({ name: `${name}-ours`, csv, json: modelToJson(model) })),
  );
  const theirs = ask(
    directory,
    trained.map(({ name, csv, params }) => ({ name, csv, params, rounds: 20 })),
  );
  for (const [i, { name, csv, model }] of trained.entries()) {
    const rows = csvMatrix(csv);
    const own = new Scorer(model).predict(rows);
    const scoredByNative = largestDifference(own, ours[i]?.scores ?? []);
    t.ok(scoredByNative <= 1e-6, `${name}: our model scored natively differs by ${scoredByNative}`);
    const native = new Scorer(parseModel(theirs[i]?.model ?? '')).predict(rows);
    const scoredByUs = largestDifference(native, theirs[i]?.scores ?? []);
    t.ok(scoredByUs <= 1e-6, `${name}: the native model scored by us differs by ${scoredByUs}`);
    const models = largestDifference(own, theirs[i]?.scores ?? []);
    t.ok(models <= 1e-5, `${name}: the models trained here and natively differ by ${models}`);
  }
});

t.test('base scores that native XGBoost estimates itself', { skip: nativeMissing }, async (t) => {
  const peers = CASES.map(([name, label, params]) => {
    const { base_score: _, ...estimated } = params;
    return { name, csv: noisyCsv(400, 10, label), params: { max_depth: 3, ...estimated }, rounds: 5 };
  });
  for (const [i, { model, scores }] of ask(t.testdir(), peers).entries()) {
    const difference = largestDifference(new Scorer(parseModel(model)).predict(csvMatrix(peers[i]?.csv ?? '')), scores);
    t.ok(difference <= 1e-6, `${peers[i]?.name} differs by ${difference}`);
  }
});
