import { at, count, percent } from './format.ts';
import { type Markup, markup } from './markup.ts';

const left = 92;
const top = 34;
const size = 266;

/** Of several classes: rows are the truth, columns what the model said; a cell is the darker the more of its truth it holds. */
export function classMatrixPlot(matrix: readonly (readonly number[])[], names: readonly string[]): Markup {
  const classes = matrix.length;
  const cell = size / Math.max(1, classes);
  const written = classes <= 10;
  const nameOf = (k: number): string => {
    const name = names[k] ?? String(k);
    return name.length > 11 ? `${name.slice(0, 10)}…` : name;
  };
  const cells = matrix.flatMap((counts, truth) => {
    const own = counts.reduce((sum, rows) => sum + rows, 0);
    return counts.map((rows, told) => ({ truth, told, rows, share: rows / Math.max(1, own) }));
  });
  return markup`<svg viewBox="0 0 364 318" role="img" aria-labelledby="classes-title classes-desc">
<title id="classes-title">Confusion matrix</title>
<desc id="classes-desc">${matrix.map((counts, truth) => `Of ${nameOf(truth)} ${count(counts[truth] ?? 0)} of ${count(counts.reduce((sum, rows) => sum + rows, 0))} rows are told right. `)}</desc>
<text class="axis" x="${left + size / 2}" y="12" text-anchor="middle">Predicted</text>
<text class="axis" transform="translate(12 ${top + size / 2}) rotate(-90)" text-anchor="middle">Actual</text>
${cells.map(({ truth, told, rows, share }) => {
  const x = left + told * cell;
  const y = top + truth * cell;
  const strength = share > 0.8 ? ' strong' : share > 0.45 ? ' middling' : '';
  return markup`<g class="${truth === told ? 'right' : 'wrong'}${strength}"><rect class="cell" x="${at(x)}" y="${at(y)}" width="${at(cell)}" height="${at(cell)}"/>
<rect class="heat" x="${at(x)}" y="${at(y)}" width="${at(cell)}" height="${at(cell)}" opacity="${(0.92 * share).toFixed(3)}"><title>${nameOf(truth)} told ${nameOf(told)}: ${count(rows)}, ${percent(share)}</title></rect>
${written ? markup`<text class="inner" x="${at(x + cell / 2)}" y="${at(y + cell / 2 + 4)}" text-anchor="middle">${count(rows)}</text>` : undefined}</g>
`;
})}${
  classes <= 16
    ? matrix.map(
        (
          _counts,
          k,
        ) => markup`<text class="tick" x="${left - 6}" y="${at(top + (k + 0.5) * cell + 4)}" text-anchor="end">${nameOf(k)}</text>
${classes <= 5 ? markup`<text class="tick" x="${at(left + (k + 0.5) * cell)}" y="${top - 6}" text-anchor="middle">${nameOf(k)}</text>` : undefined}
`,
      )
    : undefined
}</svg>`;
}
