import t from 'tap';
import {
  areaUnderCurve,
  confusionMatrix,
  histogram,
  logLoss,
  metrics,
  rocCurve,
} from '../../../src/admin/evaluations/binary-metrics.ts';

const scores = (negatives: number[], positives: number[]) => ({
  negatives: Float64Array.from(negatives).sort(),
  positives: Float64Array.from(positives).sort(),
});
const rounded = (value: number | null | undefined) => value && Math.round(value * 1e9) / 1e9;

t.test('a case small enough to be counted by hand', async (t) => {
  // Of 6 pairs the positive row wins 5; at 0.5 one row of each class is told wrong.
  const some = scores([0.1, 0.2, 0.6], [0.4, 0.9]);
  t.same(confusionMatrix(some, 0.5), { trueNegatives: 2, falsePositives: 1, falseNegatives: 1, truePositives: 1 });
  const { accuracy, precision, recall, f1, auc, logLoss } = metrics(some, 0.5);
  t.same([accuracy, precision, recall, f1, rounded(auc)], [0.6, 0.5, 0.5, 0.5, rounded(5 / 6)]);
  const expected = -(Math.log(0.9) + Math.log(0.8) + Math.log(0.4) + Math.log(0.4) + Math.log(0.9)) / 5;
  t.equal(rounded(logLoss), rounded(expected));
});

t.test('a score at the threshold counts as positive', async (t) => {
  t.same(confusionMatrix(scores([0.5], [0.5]), 0.5), {
    trueNegatives: 0,
    falsePositives: 1,
    falseNegatives: 0,
    truePositives: 1,
  });
});

t.test('a tie counts half for the area under the curve', async (t) => {
  t.equal(areaUnderCurve(scores([0.5], [0.5])), 0.5);
  // Pairs: 0.3>0.1, 0.3=0.3, 0.7 twice: 3.5 of 4.
  t.equal(areaUnderCurve(scores([0.1, 0.3], [0.3, 0.7])), 0.875);
  t.equal(areaUnderCurve(scores([0.9], [0.1])), 0);
});

t.test('the area under the curve is that under the curve', async (t) => {
  const random = (seed: number) => Math.abs(Math.sin(seed * 12.9898) * 43758.5453) % 1;
  const draw = (count: number, lift: number) =>
    Array.from(
      { length: count },
      (_, i) => Math.round(100 * Math.min(1, random(i + lift * 7) * (1 - lift) + lift)) / 100,
    );
  const many = scores(draw(300, 0), draw(80, 0.3));
  const points = rocCurve(many);
  let area = 0;
  for (const [index, { fpr, tpr }] of points.entries()) {
    const before = points[index - 1];
    if (before) area += ((fpr - before.fpr) * (tpr + before.tpr)) / 2;
  }
  t.equal(rounded(area), rounded(areaUnderCurve(many)));
});

t.test('log loss of sure mistakes is bounded, and there is none for scores that are no probabilities', async (t) => {
  t.equal(logLoss(scores([1], [0]))?.toFixed(2), (-Math.log(1e-15)).toFixed(2));
  t.equal(logLoss(scores([-1.5], [0.5])), null);
  t.equal(logLoss(scores([0.5], [3])), null);
});

t.test('what is not defined is null', async (t) => {
  const onlyNegatives = scores([0.1, 0.2], []);
  t.match(metrics(onlyNegatives, 0.5), { accuracy: 1, precision: null, recall: null, f1: null, auc: null });
  t.match(metrics(scores([], [0.9]), 0.5), { accuracy: 1, precision: 1, recall: 1, f1: 1, auc: null });
  t.match(metrics(scores([], []), 0.5), { accuracy: null, logLoss: null });
  t.same(rocCurve(onlyNegatives), []);
});

t.test('the ROC curve', async (t) => {
  t.same(rocCurve(scores([0.1, 0.6], [0.4, 0.9])), [
    { fpr: 0, tpr: 0 },
    { fpr: 0, tpr: 0.5, threshold: 0.9 },
    { fpr: 0.5, tpr: 0.5, threshold: 0.6 },
    { fpr: 0.5, tpr: 1, threshold: 0.4 },
    { fpr: 1, tpr: 1, threshold: 0.1 },
  ]);
  const long = rocCurve(
    scores(
      Array.from({ length: 5000 }, (_, i) => i / 5000),
      [0.5, 0.7],
    ),
  );
  t.equal(long.length, 200);
  t.match(long[0], { fpr: 0, tpr: 0 });
  t.match(long.at(-1), { fpr: 1, tpr: 1 });
});

t.test('the histogram has every row in one bin, the edges too', async (t) => {
  const { edges, negatives, positives } = histogram(scores([0, 0.05, 0.049], [0.999, 1]));
  t.same([edges.length, edges[0], edges[20]], [21, 0, 1]);
  t.same([negatives[0], negatives[1]], [2, 1]);
  t.same([positives[19], positives.length], [2, 20]);
  const wide = histogram(scores([-10], [10]));
  t.same([wide.edges[0], wide.edges[20], wide.negatives[0], wide.positives[19]], [-10, 10, 1, 1]);
});
