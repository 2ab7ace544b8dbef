import t from 'tap';
import { type RoundReport, train } from '../../../src/local/xgboost/booster.ts';
import { UserError } from '../../../src/local/xgboost/faults.ts';
import { validateHyperparameters } from '../../../src/local/xgboost/hyperparameters.ts';
import { metricOf } from '../../../src/local/xgboost/metrics.ts';
import { type Model, parseModel } from '../../../src/local/xgboost/model.ts';
import { float32Text, modelToJson } from '../../../src/local/xgboost/model-json.ts';
import { Scorer } from '../../../src/local/xgboost/scorer.ts';
import { csvMatrix, noisyCsv } from './fixtures.ts';

const STUMP = { num_round: '1', max_depth: '1', eta: '1', lambda: '1', min_child_weight: '0', base_score: '0' };

/** Two rows at 0 with label 1, two at 1 with label 5: g = -label, h = 1. */
const FOUR = '1,0\n1,0\n5,1\n5,1\n';

function fit(raw: Record<string, string>, csv: string, weighted = false): Model {
  return train(validateHyperparameters(raw), csvMatrix(csv, weighted));
}

t.test('a stump has the gain and the leaves that the formulas give', async (t) => {
  const tree = fit(STUMP, FOUR).trees[0];
  t.same(tree?.left, Int32Array.of(1, -1, -1));
  const gain = 4 / 3 + 100 / 3 - 144 / 5;
  t.ok(Math.abs((tree?.gain[0] ?? 0) - gain) < 1e-5, 'G²/(H+λ) of the children less that of the root');
  t.same(tree?.condition, Float32Array.of(0.5, 2 / 3, 10 / 3), 'leaves are -G/(H+λ)');
  t.same(tree?.hessian, Float32Array.of(4, 2, 2));
  t.equal(fit({ ...STUMP, tree_method: 'hist' }, FOUR).trees[0]?.condition[0], 1, 'hist cuts at the value itself');
});

t.test('regularisation does what it says', async (t) => {
  const leaves = (extra: Record<string, string>) =>
    Array.from(fit({ ...STUMP, ...extra }, FOUR).trees[0]?.condition ?? []);
  t.same(leaves({ eta: '0.5' }), [0.5, Math.fround(1 / 3), Math.fround(5 / 3)]);
  t.same(leaves({ alpha: '1' }), [0.5, Math.fround(1 / 3), 3], 'alpha is taken off |G|');
  t.same(leaves({ lambda: '0' }), [0.5, 1, 5]);
  t.same(leaves({ max_delta_step: '2' }), [0.5, Math.fround(2 / 3), 2]);
  t.same(leaves({ min_child_weight: '3' }), [Math.fround(12 / 5)], 'no child may weigh less');
  t.same(leaves({ gamma: '5.8' }), [0.5, Math.fround(2 / 3), Math.fround(10 / 3)]);
  for (const tree_method of ['exact', 'hist']) {
    t.same(
      leaves({ gamma: '5.9', tree_method }),
      [Math.fround(12 / 5)],
      `${tree_method}: the gain of 5.87 is too little`,
    );
  }
});

t.test('exact prunes from the bottom up, hist never looks past a poor split', async (t) => {
  // XOR with a slight imbalance: the first split gains next to nothing, the second ones almost everything.
  const xor = '0,0,0\n4,0,1\n4,1,0\n0.5,1,1\n'.repeat(3);
  const raw = { ...STUMP, max_depth: '2', gamma: '3', lambda: '0' };
  t.equal(fit({ ...raw, tree_method: 'exact' }, xor).trees[0]?.left.length, 7);
  t.equal(fit({ ...raw, tree_method: 'hist' }, xor).trees[0]?.left.length, 1);
});

t.test('missing values go where they lose least', async (t) => {
  for (const [csv, expected] of [
    ['1,0\n1,0\n5,1\n5,1\n5,\n', 0],
    ['1,0\n1,0\n5,1\n5,1\n1,\n', 1],
  ] as const) {
    const model = fit(STUMP, csv);
    t.equal(model.trees[0]?.defaultLeft[0], expected);
    const [low, high, missing] = new Scorer(model).predict(csvMatrix('0,0\n0,1\n0,\n'));
    t.equal(missing, expected === 1 ? low : high);
  }
  const parted = fit(STUMP, '1,0\n1,1\n5,\n5,\n');
  const [zero, huge, missing] = new Scorer(parted).predict(csvMatrix('0,0\n0,1e30\n0,\n'));
  t.equal(zero, huge, 'a split of missing from present holds for values never seen');
  t.not(zero, missing);
});

t.test('a row of weight 2 counts as two rows', async (t) => {
  const weighted = fit({ ...STUMP, csv_weights: '1' }, '1,2,0\n5,2,1\n', true);
  t.same(weighted.trees, fit(STUMP, FOUR).trees);
  const positive = fit(
    { ...STUMP, objective: 'binary:logistic', base_score: '0.5', scale_pos_weight: '3' },
    '0,0\n1,1\n',
  );
  t.same(positive.trees[0]?.condition, Float32Array.of(0.5, -0.5 / 1.25, 1.5 / 1.75));
});

t.test('every objective learns', async (t) => {
  const cases: [string, (signal: number) => number, Record<string, string>, number][] = [
    ['binary:logistic', (s) => (s > 0.4 ? 1 : 0), { eval_metric: 'error,logloss,auc,aucpr,accuracy,f1' }, 0.9],
    ['binary:logitraw', (s) => (s > 0.4 ? 1 : 0), {}, 0.9],
    ['reg:logistic', (s) => (s > 0.4 ? 1 : 0), {}, 0.9],
    ['reg:squarederror', (s) => s, { eval_metric: 'mae,rmse' }, 0.5],
    ['reg:linear', (s) => s, {}, 0.5],
    ['count:poisson', (s) => Math.max(0, Math.round(s)), {}, 1.5],
    ['multi:softmax', (s) => (s < -0.5 ? 0 : s < 0.7 ? 1 : 2), { num_class: '3' }, 0.3],
    ['multi:softprob', (s) => (s < -0.5 ? 0 : s < 0.7 ? 1 : 2), { num_class: '3', eval_metric: 'mlogloss' }, 0.3],
  ];
  for (const [objective, label, extra] of cases) {
    const params = validateHyperparameters({ num_round: '30', max_depth: '4', objective, ...extra });
    const reports: RoundReport[] = [];
    train(params, csvMatrix(noisyCsv(1500, 1, label)), csvMatrix(noisyCsv(500, 2, label)), (r) => reports.push(r));
    for (const name of params.metrics) {
      const [first, last] = [reports[0], reports.at(-1)].map((r) => r?.validation.get(name) ?? Number.NaN) as [
        number,
        number,
      ];
      const better = metricOf(name, Math.max(1, params.classes)).maximize ? last > first : last < first;
      t.ok(better, `${objective}: validation ${name} went from ${first} to ${last}`);
    }
  }
});

t.test('metrics of predictions worked out by hand', async (t) => {
  const data = csvMatrix('1,0\n0,0\n1,0\n0,0\n');
  const of = (name: string) =>
    metricOf(name, 1).evaluate({ predictions: Float32Array.of(0.75, 0.5, 0.25, 0.25), data, groups: 1 });
  t.equal(of('error'), 0.25);
  t.equal(of('error@0.4'), 0.5);
  t.equal(of('auc'), 2.5 / 4, 'ties count half');
  t.equal(of('rmse'), Math.sqrt((0.0625 + 0.25 + 0.5625 + 0.0625) / 4));
  t.equal(of('mae'), (0.25 + 0.5 + 0.75 + 0.25) / 4);
  t.equal(of('logloss'), -(Math.log(0.75) + Math.log(0.5) + Math.log(0.25) + Math.log(0.75)) / 4);
  t.equal(of('accuracy'), 0.75);
  t.equal(of('recall'), 0.5);
  t.equal(of('precision'), 1);
  t.equal(of('f1_binary'), 2 / 3);
  t.equal(of('f1'), (2 / 3 + 0.8) / 2);
});

t.test('early stopping keeps the best rounds only', async (t) => {
  const label = (s: number) => (s > 0.4 ? 1 : 0);
  const raw = {
    num_round: '500',
    objective: 'binary:logistic',
    eval_metric: 'error,logloss',
    early_stopping_rounds: '7',
  };
  const losses: number[] = [];
  const validation = csvMatrix(noisyCsv(300, 4, label));
  const model = train(validateHyperparameters(raw), csvMatrix(noisyCsv(600, 3, label)), validation, (report) => {
    losses.push(report.validation.get('logloss') as number);
  });
  const best = losses.indexOf(Math.min(...losses));
  t.ok(losses.length < 500);
  t.equal(losses.length, best + 1 + 7);
  t.equal(model.trees.length, best + 1);
  t.match(model.attributes, { best_iteration: String(best), best_ntree_limit: String(best + 1) });
});

t.test('a seed decides everything that is drawn', async (t) => {
  const csv = noisyCsv(500, 5, (s) => s);
  const raw = {
    num_round: '5',
    subsample: '0.5',
    colsample_bytree: '0.8',
    colsample_bylevel: '0.7',
    colsample_bynode: '0.9',
  };
  const json = (seed: string) => modelToJson(fit({ ...raw, seed }, csv));
  t.equal(json('1'), json('1'));
  t.not(json('1'), json('2'));
});

t.test('lossguide splits where it gains most, up to max_leaves', async (t) => {
  const csv = noisyCsv(500, 6, (s) => s);
  const tree = fit(
    { num_round: '1', grow_policy: 'lossguide', max_depth: '0', max_leaves: '6', tree_method: 'hist' },
    csv,
  ).trees[0];
  t.equal(tree?.left.filter((child) => child === -1).length, 6);
});

t.test('labels that the objective cannot have', async (t) => {
  const refused = (raw: Record<string, string>, message: string) =>
    t.throws(() => fit({ num_round: '1', ...raw }, '-1,0\n3,1\n'), new UserError(message));
  refused({ objective: 'binary:logistic' }, 'label must be in [0,1] for logistic regression');
  refused({ objective: 'count:poisson' }, 'PoissonRegression: label must be nonnegative');
  refused({ objective: 'multi:softmax', num_class: '3' }, 'SoftmaxMultiClassObj: label must be in [0, num_class).');
});

t.test('a model survives the way through its file', async (t) => {
  const model = fit({ num_round: '3', objective: 'multi:softprob', num_class: '3' }, '0,0,\n1,1,2\n2,2,1\n');
  t.same(parseModel(modelToJson(model)), model);
  for (const [value, text] of [
    [0.5, '5E-1'],
    [0, '0E0'],
    [1200, '1.2E3'],
    [Math.fround(0.1), '1E-1'],
    [-3e-20, '-3E-20'],
  ] as const) {
    t.equal(float32Text(Math.fround(value)), text, 'never without exponent: XGBoost would take 1200 for an integer');
  }
});

t.test('hyperparameters are refused in the words of the container', async (t) => {
  const refused = (raw: Record<string, string>, message: string) =>
    t.throws(() => validateHyperparameters(raw), new UserError(message), message);
  const with1 = (raw: Record<string, string>) => ({ num_round: '1', ...raw });
  refused({ eta: '0.1' }, 'Missing required hyperparameter: num_round');
  refused(with1({ depth: '3' }), 'Extraneous hyperparameter found: depth');
  refused(with1({ toString: '3' }), 'Extraneous hyperparameter found: toString');
  refused({ num_round: '0' }, 'Hyperparameter num_round: 0 is not in [1, +inf)');
  refused({ num_round: '1.5' }, 'Hyperparameter num_round: could not parse value (caused by ValueError)');
  refused(with1({ learning_rate: '-1' }), 'Hyperparameter eta: -1.0 is not in [0, 1]');
  refused(with1({ subsample: '0' }), 'Hyperparameter subsample: 0.0 is not in (0, 1]');
  refused(with1({ eta: 'nan' }), 'Hyperparameter eta: nan is not in [0, 1]');
  refused(
    with1({ tree_method: 'best' }),
    "Hyperparameter tree_method: best is not in ['auto', 'exact', 'approx', 'hist', 'gpu_hist']",
  );
  refused(with1({ objective: 'multi:softmax' }), "Require input for parameter 'num_class' for multi-classification");
  refused(with1({ eval_metric: 'auc' }), "Metric 'auc' can only be applied for classification and ranking problems.");
  refused(with1({ eval_metric: 'error@x' }), "Threshold value 't' in 'error@t' expects float input.");
  refused(
    with1({ booster: 'dart' }),
    "Hyperparameter booster: dart is not supported by the embedded trainer, only ['gbtree']",
  );
  refused(
    with1({ monotone_constraints: '(1,0)' }),
    'Hyperparameter monotone_constraints is not supported by the embedded trainer',
  );
  refused(with1({ eval_metric: 'ndcg' }), 'Hyperparameter eval_metric: ndcg is not supported by the embedded trainer');
  t.throws(
    () => validateHyperparameters(with1({ objective: 'rank:ndcg' })),
    /rank:ndcg is not supported by the embedded/,
  );
  t.throws(
    () => validateHyperparameters(with1({ eval_metric: 'errr' })),
    /^.*value \['errr'\] not in range \['accuracy', /,
  );
  t.throws(
    () => validateHyperparameters(with1({ objective: 'binary:logistic', base_score: '1' })),
    /base_score must be in \(0,1\) for logistic loss/,
  );
});

t.test('a tuning job adds its metric and is stopped by it', async (t) => {
  const params = validateHyperparameters({
    num_round: '1',
    objective: 'binary:logistic',
    eval_metric: 'logloss',
    _tuning_objective_metric: 'validation:auc',
  });
  t.match(params, { metrics: ['auc', 'logloss'], stoppingMetric: 'auc' });
});
