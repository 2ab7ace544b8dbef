import { XMLValidator } from 'fast-xml-parser';
import t from 'tap';
import {
  calibration,
  confusionMatrix,
  histogram,
  metrics,
  precisionRecallCurve,
  rocCurve,
} from '../../../src/admin/evaluations/binary-metrics.ts';
import { measure } from '../../../src/admin/evaluations/measure.ts';
import { evaluationPage } from '../../../src/admin/evaluations/page/page.ts';
import type { Evaluation } from '../../../src/admin/evaluations/schema.ts';

function report(negatives: number[], positives: number[], more: Partial<Evaluation> = {}): Evaluation {
  const scores = { negatives: Float64Array.from(negatives), positives: Float64Array.from(positives) };
  return {
    id: '20261123T155800Z-0f3a9c1e',
    deployment: 'bank',
    version: '20261123T155800Z',
    dataset: 'bank-test',
    label: 'y',
    problem: 'binary',
    threshold: 0.5,
    status: 'Completed',
    rows: negatives.length + positives.length,
    metrics: metrics(scores, 0.5),
    confusionMatrix: confusionMatrix(scores, 0.5),
    roc: rocCurve(scores),
    precisionRecall: precisionRecallCurve(scores),
    calibration: calibration(scores) ?? [],
    histogram: histogram(scores),
    createdAt: '2026-11-23T15:58:00.000Z',
    ...more,
  };
}
const plots = (page: string): string[] => page.match(/<svg[\s\S]*?<\/svg>/g) ?? [];

t.test('five plots, well formed, with titles, and nothing from elsewhere', async (t) => {
  const page = evaluationPage(report([0.1, 0.2, 0.6], [0.4, 0.9]));
  t.equal(plots(page).length, 5);
  for (const plot of plots(page)) {
    t.equal(XMLValidator.validate(plot), true);
    t.match(plot, /role="img" aria-labelledby="[\w-]+ [\w-]+"/);
  }
  t.match(page, /60\.00%/);
  t.match(page, /AUC 0\.833/);
  t.notMatch(page, /<script|https?:|url\(|NaN|undefined|Infinity/);
});

t.test('what others have named is text', async (t) => {
  const hostile = '"><script>alert(1)</script>&';
  const page = evaluationPage(
    report([0.1], [0.9], { dataset: hostile, label: hostile, labels: [hostile, "it's"], deployment: hostile }),
  );
  t.notMatch(page, /<script/);
  t.match(page, /&quot;&gt;&lt;script&gt;alert\(1\)&lt;\/script&gt;&amp;/);
  for (const plot of plots(page)) t.equal(XMLValidator.validate(plot), true);
});

t.test('one class only, and thresholds that no score comes near', async (t) => {
  for (const page of [
    evaluationPage(report([0.1, 0.2], [])),
    evaluationPage(report([], [0.7])),
    evaluationPage(report([], [])),
    evaluationPage(report([0.1], [0.9], { threshold: 7 })),
    evaluationPage(report([-3], [12], { threshold: -1 })),
  ]) {
    t.notMatch(page, /NaN|undefined|Infinity/);
    for (const plot of plots(page)) t.equal(XMLValidator.validate(plot), true);
  }
});

t.test('several classes, numbers, slices and a comparison', async (t) => {
  const hostile = '<b>x';
  const { metrics: own = {} } = report([0.1], [0.9]);
  const base = { ...report([0.1], [0.9]), labels: [hostile, 'b', 'c'] };
  const slices = [{ column: hostile, value: hostile, rows: 2, metrics: own }];
  const differences = [{ metric: 'accuracy', value: 0.1, low: -0.1, high: 0.3 }];
  const mcNemar = { onlyThis: 1, onlyOther: 2, pValue: 1 };
  const comparison = { deployment: hostile, version: 'v', metrics: own, differences, mcNemar };
  const table = { rows: 4, truths: Float64Array.of(0, 1, 2, 1), slices: [] };
  const contestants = [{ deployment: { name: 'x', version: 'v', labels: base.labels }, threshold: 0.5 }] as never;
  const values = Float64Array.of(0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.2, 0.2, 0.6, 0.5, 0.3, 0.2);
  const classes = measure({ problem: 'multiclass', contestants }, { ...table, scored: [{ outputs: 3, values }] });
  const numbers = measure(
    { problem: 'regression', contestants },
    { ...table, scored: [{ outputs: 1, values: Float64Array.of(0, 1, 2.5, 0.5) }] },
  );
  for (const [page, expected] of [
    [evaluationPage({ ...base, slices, comparison }), 5],
    [evaluationPage({ ...base, ...classes, problem: 'multiclass', slices, comparison }), 3],
    [evaluationPage({ ...base, ...numbers, problem: 'regression', slices, comparison }), 2],
  ] as const) {
    t.equal(plots(page).length, expected);
    for (const plot of plots(page)) t.equal(XMLValidator.validate(plot), true);
    t.notMatch(page, /<b>|NaN|undefined|Infinity/);
    t.match(page, /McNemar/);
    t.match(page, /By &lt;b&gt;x/);
  }
});

t.test('before and without an end', async (t) => {
  const { metrics: _metrics, ...unfinished } = report([], []);
  const running = evaluationPage({ ...unfinished, status: 'InProgress' });
  t.match(running, /http-equiv="refresh"/);
  const failed = evaluationPage({ ...unfinished, status: 'Failed', failureReason: 'The model <fell> over' });
  t.match(failed, /The model &lt;fell&gt; over/);
  t.notMatch(failed, /http-equiv="refresh"/);
});
