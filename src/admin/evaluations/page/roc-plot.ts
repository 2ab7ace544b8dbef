import type { ConfusionMatrix, RocPoint } from '../schema.ts';
import { at, decimal, percent, short } from './format.ts';
import { type Markup, markup } from './markup.ts';

const left = 70;
const top = 12;
const size = 258;
const ticks = [0, 0.25, 0.5, 0.75, 1];

interface Curve {
  readonly points: readonly RocPoint[];
  readonly auc: number | null;
  readonly threshold: number;
  readonly matrix: ConfusionMatrix;
}

export function rocPlot({ points, auc, threshold, matrix }: Curve): Markup {
  const x = (fpr: number) => at(left + fpr * size);
  const y = (tpr: number) => at(top + (1 - tpr) * size);
  const line = points.map(({ fpr, tpr }) => `${x(fpr)},${y(tpr)}`).join(' ');
  const fpr = matrix.falsePositives / (matrix.falsePositives + matrix.trueNegatives);
  const tpr = matrix.truePositives / (matrix.truePositives + matrix.falseNegatives);

  return markup`<svg viewBox="0 0 364 318" role="img" aria-labelledby="roc-title roc-desc">
<title id="roc-title">ROC curve</title>
<desc id="roc-desc">Area under the curve ${decimal(auc)}. At the threshold ${short(threshold)} the model finds ${percent(tpr)} of the positive rows and takes ${percent(fpr)} of the negative ones for positive.</desc>
${ticks.map(
  (tick) => markup`<path class="grid" d="M${x(0)} ${y(tick)}H${x(1)}M${x(tick)} ${y(0)}V${y(1)}"/>
<text class="tick" x="${left - 8}" y="${Number(y(tick)) + 4}" text-anchor="end">${tick}</text>
<text class="tick" x="${x(tick)}" y="${top + size + 17}" text-anchor="middle">${tick}</text>`,
)}
<path class="chance" d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}"/>
<polygon class="area" points="${x(0)},${y(0)} ${line} ${x(1)},${y(0)}"/>
<polyline class="curve" points="${line}"/>
<circle class="point" cx="${x(fpr)}" cy="${y(tpr)}" r="5"><title>Threshold ${short(threshold)}</title></circle>
<text class="label" x="${Math.min(Number(x(fpr)) + 12, left + size - 100)}" y="${Number(y(tpr)) + 5}">threshold ${short(threshold)}</text>
<text class="auc" x="${left + size - 10}" y="${top + size - 14}" text-anchor="end">AUC ${decimal(auc)}</text>
<text class="axis" x="${left + size / 2}" y="${top + size + 36}" text-anchor="middle">False positive rate</text>
<text class="axis" transform="translate(26 ${top + size / 2}) rotate(-90)" text-anchor="middle">True positive rate</text>
</svg>`;
}
