import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import t from 'tap';
import { measure } from '../../../src/admin/evaluations/measure.ts';
import type { Problem } from '../../../src/admin/evaluations/schema.ts';
import { peerMissing, runPeer } from '../../peer.ts';

const skip = peerMissing('sklearn', 'scipy');
const rows = 1_500;
const random = xoroshiro128plus(1);
const noise = () => uniformFloat64(random);

/** Rows of a problem as two models, the second a worse one, tell them. */
function drawn(problem: Problem) {
  const outputs = problem === 'multiclass' ? 3 : 1;
  const truths = Float64Array.from({ length: rows }, () =>
    problem === 'regression' ? 10 * noise() : Math.floor(noise() * (problem === 'binary' ? 2 : 3)),
  );
  const model = (doubt: number) => ({
    outputs,
    values: Float64Array.from(
      [...truths].flatMap((truth) => {
        if (problem === 'regression') return [truth + doubt * (noise() - 0.4)];
        // So that there are ties, and none on the edge of a bin, which scikit-learn puts into the one below.
        if (problem === 'binary') return [Math.round((truth * (1 - doubt) + doubt * noise()) * 98) / 100 + 0.005];
        const parts = [0, 1, 2].map((k) => noise() * doubt + (k === truth ? 1 - doubt : 0) + 0.01);
        const sum = parts.reduce((total, part) => total + part, 0);
        return parts.map((part) => part / sum);
      }),
    ),
  });
  return { rows, truths, scored: [model(0.65), model(0.8)], slices: [] };
}

const script = `
import json, os
import numpy as np
from scipy.stats import binomtest
from sklearn import metrics as m
from sklearn.calibration import calibration_curve

data = json.load(open(os.environ["DATA"]))
out = {}

def load(problem):
    y = np.array(data[problem]["truths"])
    return [y] + [np.array(s).reshape(len(y), -1).squeeze() for s in data[problem]["scores"]]

def interval(a, b):
    d = a - b
    half = 1.959963984540054 * d.std(ddof=1) / np.sqrt(len(d))
    return [d.mean(), d.mean() - half, d.mean() + half]

def mcnemar(a, b):
    only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
    return [only_a, only_b, binomtest(only_a, only_a + only_b).pvalue]

def delong(y, a, b):  # by its definition, every pair
    def kernel(s):
        pos, neg = s[y == 1], s[y == 0]
        return (pos[:, None] > neg[None, :]) + 0.5 * (pos[:, None] == neg[None, :])
    ka, kb = kernel(a), kernel(b)
    def variance(axis):
        c = np.cov(ka.mean(axis=axis), kb.mean(axis=axis))
        return (c[0, 0] + c[1, 1] - 2 * c[0, 1]) / ka.shape[1 - axis]
    half = 1.959963984540054 * np.sqrt(variance(1) + variance(0))
    d = ka.mean() - kb.mean()
    return [d, d - half, d + half]

y, s, s2 = load("binary")
told = s >= 0.5
truth, predicted = calibration_curve(y, s, n_bins=10)
sizes = np.histogram(s, bins=np.arange(11) / 10)[0]
p, r, f, _ = m.precision_recall_fscore_support(y, told, average="binary")
losses = lambda s: -np.log(np.clip(np.where(y == 1, s, 1 - s), 1e-15, 1 - 1e-15))
right = lambda s: (s >= 0.5) == (y == 1)
out["binary"] = dict(
    accuracy=m.accuracy_score(y, told), precision=p, recall=r, f1=f, auc=m.roc_auc_score(y, s),
    averagePrecision=m.average_precision_score(y, s), brier=m.brier_score_loss(y, s), logLoss=losses(s).mean(),
    matrix=m.confusion_matrix(y, told).ravel().tolist(),
    calibration=[predicted.tolist(), truth.tolist()],
    differences=[interval(right(s).astype(float), right(s2).astype(float)), delong(y, s, s2), interval(losses(s), losses(s2))],
    mcNemar=mcnemar(right(s), right(s2)))

y, s, s2 = load("multiclass")
told = s.argmax(axis=1)
pc, rc, fc, n = m.precision_recall_fscore_support(y, told)
prf = lambda average: m.precision_recall_fscore_support(y, told, average=average)[:3]
onehot = np.eye(3)[y.astype(int)]
loss = lambda s: -np.log(s[np.arange(len(y)), y.astype(int)])
right = lambda s: s.argmax(axis=1) == y
confidence = s.max(axis=1)
bins = np.minimum((confidence * 10).astype(int), 9)
ece = sum(abs(confidence[bins == b].mean() - (told == y)[bins == b].mean()) * (bins == b).mean() for b in set(bins))
out["multiclass"] = dict(
    accuracy=m.accuracy_score(y, told), microF1=m.f1_score(y, told, average="micro"),
    macroPrecision=prf("macro")[0], macroRecall=prf("macro")[1], macroF1=prf("macro")[2],
    weightedPrecision=prf("weighted")[0], weightedRecall=prf("weighted")[1], weightedF1=prf("weighted")[2],
    auc=m.roc_auc_score(y, s, multi_class="ovr"), logLoss=m.log_loss(y, s), calibrationError=ece,
    matrix=m.confusion_matrix(y, told).ravel().tolist(),
    classes=[pc.tolist(), rc.tolist(), fc.tolist(), n.tolist(), [m.roc_auc_score(y == k, s[:, k]) for k in range(3)]],
    differences=[interval(right(s).astype(float), right(s2).astype(float)), interval(loss(s), loss(s2))],
    mcNemar=mcnemar(right(s), right(s2)))

y, s, s2 = load("regression")
out["regression"] = dict(
    mae=m.mean_absolute_error(y, s), medianAbsoluteError=m.median_absolute_error(y, s),
    rmse=m.root_mean_squared_error(y, s), r2=m.r2_score(y, s), bias=(s - y).mean(),
    differences=[interval(abs(s - y), abs(s2 - y)), interval((s - y) ** 2, (s2 - y) ** 2)])
print(json.dumps(out))
`;

type Expected = Record<string, number> & {
  readonly matrix: number[];
  readonly calibration: [number[], number[]];
  readonly classes: number[][];
  readonly differences: number[][];
  readonly mcNemar: number[];
};

t.test('every figure as scikit-learn and SciPy have it', { skip }, async (t) => {
  const tables = { binary: drawn('binary'), multiclass: drawn('multiclass'), regression: drawn('regression') };
  const file = join(t.testdir(), 'data.json');
  const asLists = Object.entries(tables).map(([problem, { truths, scored }]) => [
    problem,
    { truths: [...truths], scores: scored.map(({ values }) => [...values]) },
  ]);
  writeFileSync(file, JSON.stringify(Object.fromEntries(asLists)));
  const peer = (await runPeer(script, { DATA: file })) as Record<Problem, Expected>;

  for (const problem of Object.keys(tables) as Problem[]) {
    await t.test(problem, async (t) => {
      const contestant = { deployment: { name: 'a', version: '1' }, threshold: 0.5 };
      const ours = measure({ problem, contestants: [contestant, contestant] as never }, tables[problem]);
      const theirs = peer[problem];
      const same = (got: unknown, want: unknown, what: string) =>
        t.ok(Math.abs(Number(got) - Number(want)) < 1e-9, `${what}: ${String(got)}, theirs ${String(want)}`);
      const allSame = (got: readonly unknown[], want: readonly unknown[], what: string) => {
        t.equal(got.length, want.length, what);
        for (const [index, one] of want.entries()) same(got[index], one, `${what} ${index}`);
      };
      for (const [name, value] of Object.entries(theirs)) {
        if (typeof value === 'number') same(Reflect.get(ours.metrics ?? {}, name), value, name);
      }
      const { differences = [], mcNemar } = ours.comparison ?? {};
      for (const [index, want] of theirs.differences.entries()) {
        const { metric = '', value, low, high } = differences[index] ?? {};
        allSame([value, low, high], want, metric);
      }
      if (mcNemar) allSame([mcNemar.onlyThis, mcNemar.onlyOther, mcNemar.pValue], theirs.mcNemar, 'McNemar');
      if (problem === 'binary') {
        const { trueNegatives, falsePositives, falseNegatives, truePositives } = ours.confusionMatrix ?? {};
        allSame([trueNegatives, falsePositives, falseNegatives, truePositives], theirs.matrix, 'confusion');
        const bins = ours.calibration ?? [];
        allSame(
          bins.map(({ predicted }) => predicted),
          theirs.calibration[0],
          'predicted',
        );
        allSame(
          bins.map(({ actual }) => actual),
          theirs.calibration[1],
          'came true',
        );
      }
      if (problem === 'multiclass') {
        allSame(ours.confusion?.flat() ?? [], theirs.matrix, 'confusion');
        const classes = ours.classes ?? [];
        const columns = [
          ...[classes.map(({ precision }) => precision), classes.map(({ recall }) => recall)],
          ...[classes.map(({ f1 }) => f1), classes.map(({ rows }) => rows), classes.map(({ auc }) => auc)],
        ];
        for (const [index, column] of columns.entries()) allSame(column, theirs.classes[index] ?? [], `class ${index}`);
      }
    });
  }
});
