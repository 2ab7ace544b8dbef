import type { ClassReport, Comparison, Metrics, Problem, Slice } from '../schema.ts';
import { count, decimal, percent, short } from './format.ts';
import { type Markup, markup } from './markup.ts';

type Shown = readonly [metric: keyof Metrics, name: string, isShare?: boolean];

/** The metrics of a problem, the most telling first. */
export const shownMetrics: Readonly<Record<Problem, readonly Shown[]>> = {
  binary: [
    ['accuracy', 'Accuracy', true],
    ['precision', 'Precision', true],
    ['recall', 'Recall', true],
    ['f1', 'F1'],
    ['auc', 'AUC'],
    ['averagePrecision', 'Avg. precision'],
    ['logLoss', 'Log loss'],
    ['brier', 'Brier score'],
  ],
  multiclass: [
    ['accuracy', 'Accuracy', true],
    ['macroF1', 'Macro F1'],
    ['weightedF1', 'Weighted F1'],
    ['macroPrecision', 'Macro precision', true],
    ['macroRecall', 'Macro recall', true],
    ['auc', 'AUC, one vs rest'],
    ['logLoss', 'Log loss'],
  ],
  regression: [
    ['mae', 'Mean absolute error'],
    ['rmse', 'RMSE'],
    ['r2', 'R²'],
    ['medianAbsoluteError', 'Median abs. error'],
    ['bias', 'Bias'],
  ],
};

export const shown = (metrics: Metrics, [metric, , isShare]: Shown, digits = 1): string =>
  isShare ? percent(metrics[metric], digits) : decimal(metrics[metric]);

const table = (heads: readonly string[], rows: readonly Markup[]): Markup =>
  markup`<div class="scroll" role="region" aria-label="Table" tabindex="0"><table><thead><tr>${heads.map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>`;

export function classTable(classes: readonly ClassReport[]): Markup {
  return table(
    ['Class', 'Rows', 'Precision', 'Recall', 'F1', 'AUC'],
    classes.map(
      ({ name, rows, precision, recall, f1, auc }) =>
        markup`<tr><th scope="row">${name}</th><td>${count(rows)}</td><td>${percent(precision)}</td><td>${percent(recall)}</td><td>${decimal(f1)}</td><td>${decimal(auc)}</td></tr>
`,
    ),
  );
}

/** One table for each column that the rows were told apart by. */
export function sliceTables(slices: readonly Slice[], problem: Problem): Markup {
  const metrics = shownMetrics[problem].slice(0, 5);
  const columns = [...new Set(slices.map(({ column }) => column))];
  return markup`${columns.map(
    (name) =>
      markup`<section class="card wide"><h2>By ${name}</h2>${table(
        [name, 'Rows', ...metrics.map(([, title]) => title)],
        slices
          .filter(({ column }) => column === name)
          .map(
            ({ value, rows, metrics: measured }) =>
              markup`<tr><th scope="row">${value}</th><td>${count(rows)}</td>${metrics.map((metric) => markup`<td>${shown(measured, metric)}</td>`)}</tr>
`,
          ),
      )}</section>`,
  )}`;
}

const verdict = ({ low, high }: { readonly low: number; readonly high: number }): string =>
  low > 0 || high < 0 ? 'beyond chance' : 'may be chance';

export function comparisonCard(name: string, own: Metrics, other: Comparison, problem: Problem): Markup {
  const { differences, mcNemar } = other;
  return markup`<section class="card wide"><h2>Compared with ${other.deployment}, version ${other.version}</h2>
${table(
  ['', ...shownMetrics[problem].map(([, title]) => title)],
  [[name, own] as const, [other.deployment, other.metrics] as const].map(
    ([who, metrics]) =>
      markup`<tr><th scope="row">${who}</th>${shownMetrics[problem].map((metric) => markup`<td>${shown(metrics, metric, 2)}</td>`)}</tr>
`,
  ),
)}
${table(
  ['Difference', 'Value', '95% interval', ''],
  differences.map(
    (difference) =>
      markup`<tr><th scope="row">${difference.metric}</th><td>${short(difference.value)}</td><td>${short(difference.low)} to ${short(difference.high)}</td><td>${verdict(difference)}</td></tr>
`,
  ),
)}${
  mcNemar === undefined
    ? undefined
    : markup`<p class="facts">${count(mcNemar.onlyThis)} rows only ${name} tells right, ${count(mcNemar.onlyOther)} only ${other.deployment}: McNemar’s test p = ${short(mcNemar.pValue)}.</p>`
}</section>`;
}
