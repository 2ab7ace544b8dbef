import type { Evaluation } from '../schema.ts';
import { calibrationPlot } from './calibration-plot.ts';
import { classMatrixPlot } from './class-matrix-plot.ts';
import { confusionPlot } from './confusion-plot.ts';
import { count, short } from './format.ts';
import { histogramPlot } from './histogram-plot.ts';
import { Markup, markup } from './markup.ts';
import { precisionRecallPlot } from './precision-recall-plot.ts';
import { residualPlot, scatterPlot } from './regression-plots.ts';
import { classRocPlot, rocPlot } from './roc-plot.ts';
import { style } from './style.ts';
import { classTable, comparisonCard, shown, shownMetrics, sliceTables } from './tables.ts';

/** Nothing on the page may load or run anything. */
export const contentSecurityPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/** An evaluation as a page that needs nothing but itself. */
export function evaluationPage(report: Evaluation): string {
  const { deployment, version, dataset, label, rows, problem, threshold, createdAt } = report;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${report.status === 'InProgress' ? markup`<meta http-equiv="refresh" content="2">` : undefined}
<title>${deployment} on ${dataset}</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
<h1>${deployment} on ${dataset}</h1>
<p class="facts">Version ${version} · ${count(rows)} rows · label ${label} · ${problem === 'binary' ? `threshold ${short(threshold)}` : problem} · <time datetime="${createdAt}">${createdAt.slice(0, 16).replace('T', ' ')} UTC</time></p>
${content(report)}
</main>
</body>
</html>
`;
  return page.text;
}

const card = (title: string, plot: Markup | undefined): Markup | undefined =>
  plot && markup`<section class="card"><h2>${title}</h2>${plot}</section>`;

const undefinedCurve = markup`<p>Not defined: all rows are of one class.</p>`;

function binaryPlots({ metrics, confusionMatrix: matrix, roc, precisionRecall, histogram, ...report }: Evaluation) {
  const { threshold, labels = ['0', '1'], calibration } = report;
  if (matrix === undefined || roc === undefined || histogram === undefined) return undefined;
  const curve = { threshold, matrix };
  return markup`${card('Confusion matrix', confusionPlot(matrix, labels))}
${card('ROC curve', roc.length === 0 ? undefinedCurve : rocPlot({ points: roc, auc: metrics?.auc, ...curve }))}
${card(
  'Precision and recall',
  precisionRecall?.length
    ? precisionRecallPlot({ points: precisionRecall, averagePrecision: metrics?.averagePrecision, ...curve })
    : undefinedCurve,
)}
${card('Calibration', calibration?.length ? calibrationPlot(calibration, metrics?.calibrationError) : undefined)}
<section class="card wide"><h2>Scores by class</h2><div class="scroll" role="region" aria-label="Scores by class" tabindex="0">${histogramPlot(histogram, threshold, labels)}</div></section>`;
}

function classPlots({ metrics, confusion, classes, calibration }: Evaluation) {
  if (confusion === undefined || classes === undefined) return undefined;
  const names = classes.map(({ name }) => name);
  return markup`${card('Confusion matrix', classMatrixPlot(confusion, names))}
${card('ROC curve of each class', classes.some(({ roc }) => roc.length > 0) ? classRocPlot(classes) : undefined)}
${card('Calibration', calibration?.length ? calibrationPlot(calibration, metrics?.calibrationError) : undefined)}
<section class="card wide"><h2>Classes</h2>${classTable(classes)}</section>`;
}

function regressionPlots({ metrics, residuals }: Evaluation) {
  if (residuals === undefined) return undefined;
  return markup`${card('Predictions', scatterPlot(residuals, metrics?.r2))}
${card('Residuals', residualPlot(residuals))}`;
}

const plotsOf = { binary: binaryPlots, multiclass: classPlots, regression: regressionPlots };

function content(report: Evaluation): Markup {
  const { problem, metrics, slices, comparison, deployment } = report;
  if (report.status === 'Failed') {
    return markup`<section class="card failed"><h2>The evaluation failed</h2>${report.failureReason}</section>`;
  }
  const plots = plotsOf[problem](report);
  if (metrics === undefined || plots === undefined) {
    return markup`<section class="card" role="status"><h2>In progress</h2>This page reloads itself until the evaluation is done.</section>`;
  }
  return markup`<dl class="metrics">
${shownMetrics[problem].map(
  (
    metric,
  ) => markup`<div><dt>${metric[1]}</dt><dd>${shown(metrics, metric, metric[0] === 'accuracy' ? 2 : 1)}</dd></div>
`,
)}</dl>
<div class="plots">
${comparison && comparisonCard(deployment, metrics, comparison, problem)}
${plots}
${slices && sliceTables(slices, problem)}
</div>`;
}
