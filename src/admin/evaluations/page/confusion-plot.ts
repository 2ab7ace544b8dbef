import type { ConfusionMatrix } from '../schema.ts';
import { count, percent } from './format.ts';
import { type Markup, markup } from './markup.ts';

const left = 78;
const top = 46;
const cell = { width: 136, height: 128, gap: 6 };

interface Cell {
  readonly column: number;
  readonly row: number;
  readonly value: number;
  readonly what: string;
}

/** Rows are the truth, columns what the model said; a cell is the darker the more of its truth it holds. */
export function confusionPlot(matrix: ConfusionMatrix, [negative = '0', positive = '1']: readonly string[]): Markup {
  const { trueNegatives, falsePositives, falseNegatives, truePositives } = matrix;
  const cells: readonly Cell[] = [
    { column: 0, row: 0, value: trueNegatives, what: 'true negatives' },
    { column: 1, row: 0, value: falsePositives, what: 'false positives' },
    { column: 0, row: 1, value: falseNegatives, what: 'false negatives' },
    { column: 1, row: 1, value: truePositives, what: 'true positives' },
  ];
  const ofTruth = [trueNegatives + falsePositives, falseNegatives + truePositives];
  const x = (column: number) => left + column * (cell.width + cell.gap);
  const y = (row: number) => top + row * (cell.height + cell.gap);

  return markup`<svg viewBox="0 0 364 318" role="img" aria-labelledby="confusion-title confusion-desc">
<title id="confusion-title">Confusion matrix</title>
<desc id="confusion-desc">${cells.map(({ value, what }) => `${count(value)} ${what}. `)}</desc>
<text class="axis" x="${x(0) + cell.width + cell.gap / 2}" y="14" text-anchor="middle">Predicted</text>
${[negative, positive].map(
  (
    name,
    index,
  ) => markup`<text class="tick" x="${x(index) + cell.width / 2}" y="36" text-anchor="middle">${clip(name)}</text>
<text class="tick" x="${left - 12}" y="${y(index) + cell.height / 2 + 4}" text-anchor="end">${clip(name)}</text>`,
)}
<text class="axis" transform="translate(14 ${y(0) + cell.height + cell.gap / 2}) rotate(-90)" text-anchor="middle">Actual</text>
${cells.map(({ column, row, value, what }) => {
  const share = value / Math.max(1, ofTruth[row] ?? 0);
  const middle = x(column) + cell.width / 2;
  return markup`<g class="${row === column ? 'right' : 'wrong'}${share > 0.8 ? ' strong' : share > 0.45 ? ' middling' : ''}">
<rect class="cell" x="${x(column)}" y="${y(row)}" width="${cell.width}" height="${cell.height}" rx="6"/>
<rect class="heat" x="${x(column)}" y="${y(row)}" width="${cell.width}" height="${cell.height}" rx="6" opacity="${(0.08 + 0.92 * share).toFixed(3)}"/>
<text class="count" x="${middle}" y="${y(row) + 58}" text-anchor="middle">${count(value)}</text>
<text class="note" x="${middle}" y="${y(row) + 80}" text-anchor="middle">${what}</text>
<text class="note" x="${middle}" y="${y(row) + 98}" text-anchor="middle">${percent(share)} of the row</text></g>
`;
})}</svg>`;
}

/** A class name as long as there is room for. */
const clip = (name: string): string => (name.length > 9 ? `${name.slice(0, 8)}…` : name);
