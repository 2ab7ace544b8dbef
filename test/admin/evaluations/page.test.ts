import { XMLValidator } from 'fast-xml-parser';
import t from 'tap';
import { confusionMatrix, histogram, metrics, rocCurve } from '../../../src/admin/evaluations/binary-metrics.ts';
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
    threshold: 0.5,
    status: 'Completed',
    rows: negatives.length + positives.length,
    metrics: metrics(scores, 0.5),
    confusionMatrix: confusionMatrix(scores, 0.5),
    roc: rocCurve(scores),
    histogram: histogram(scores),
    createdAt: '2026-11-23T15:58:00.000Z',
    ...more,
  };
}
const plots = (page: string): string[] => page.match(/<svg[\s\S]*?<\/svg>/g) ?? [];

t.test('three plots, well formed, with titles, and nothing from elsewhere', async (t) => {
  const page = evaluationPage(report([0.1, 0.2, 0.6], [0.4, 0.9]));
  t.equal(plots(page).length, 3);
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

t.test('before and without an end', async (t) => {
  const { metrics: _metrics, ...unfinished } = report([], []);
  const running = evaluationPage({ ...unfinished, status: 'InProgress' });
  t.match(running, /http-equiv="refresh"/);
  const failed = evaluationPage({ ...unfinished, status: 'Failed', failureReason: 'The model <fell> over' });
  t.match(failed, /The model &lt;fell&gt; over/);
  t.notMatch(failed, /http-equiv="refresh"/);
});
