import type { Evaluation } from '../schema.ts';
import { confusionPlot } from './confusion-plot.ts';
import { count, decimal, percent, short } from './format.ts';
import { histogramPlot } from './histogram-plot.ts';
import { Markup, markup } from './markup.ts';
import { rocPlot } from './roc-plot.ts';
import { style } from './style.ts';

/** Nothing on the page may load or run anything. */
export const contentSecurityPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/** An evaluation as a page that needs nothing but itself. */
export function evaluationPage(report: Evaluation): string {
  const { deployment, version, dataset, label, rows, threshold, createdAt } = report;
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
<p class="facts">Version ${version} · ${count(rows)} rows · label ${label} · threshold ${short(threshold)} · <time datetime="${createdAt}">${createdAt.slice(0, 16).replace('T', ' ')} UTC</time></p>
${content(report)}
</main>
</body>
</html>
`;
  return page.text;
}

function content(report: Evaluation): Markup {
  const { metrics, confusionMatrix, roc, histogram, threshold, labels = ['0', '1'] } = report;
  if (report.status === 'Failed') {
    return markup`<section class="card failed"><h2>The evaluation failed</h2>${report.failureReason}</section>`;
  }
  if (metrics === undefined || confusionMatrix === undefined || roc === undefined || histogram === undefined) {
    return markup`<section class="card" role="status"><h2>In progress</h2>This page reloads itself until the evaluation is done.</section>`;
  }
  const tiles = {
    Accuracy: percent(metrics.accuracy, 2),
    Precision: percent(metrics.precision),
    Recall: percent(metrics.recall),
    F1: decimal(metrics.f1),
    AUC: decimal(metrics.auc),
    'Log loss': decimal(metrics.logLoss),
  };
  return markup`<dl class="metrics">
${Object.entries(tiles).map(
  ([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
)}</dl>
<div class="plots">
<section class="card"><h2>Confusion matrix</h2>${confusionPlot(confusionMatrix, labels)}</section>
<section class="card"><h2>ROC curve</h2>${
    roc.length === 0
      ? markup`<p>Not defined: all rows are of one class.</p>`
      : rocPlot({ points: roc, auc: metrics.auc, threshold, matrix: confusionMatrix })
  }</section>
<section class="card wide"><h2>Scores by class</h2><div class="scroll" role="region" aria-label="Scores by class" tabindex="0">${histogramPlot(histogram, threshold, labels)}</div></section>
</div>`;
}
