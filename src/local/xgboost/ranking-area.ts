import type { LabelledMatrix } from './matrix.ts';

/** Rows that a double can carry beside 32 bits of score. */
const PACKED_ROWS = 2 ** 21;

/** The area under the ROC or the precision-recall curve, weighted, ties taken together; NaN if only one class is there. */
export function rankingArea(scores: Float32Array, data: LabelledMatrix, curve: 'roc' | 'precision-recall'): number {
  const order = descending(scores.subarray(0, data.rows));
  let positives = 0;
  let negatives = 0;
  for (let r = 0; r < data.rows; r++) {
    const w = data.weight ? (data.weight[r] as number) : 1;
    const label = data.label[r] as number;
    positives += w * label;
    negatives += w * (1 - label);
  }
  let area = 0;
  let hits = 0;
  let alarms = 0;
  for (let i = 0; i < order.length; ) {
    const score = scores[order[i] as number];
    const hitsBefore = hits;
    const alarmsBefore = alarms;
    for (; i < order.length && scores[order[i] as number] === score; i++) {
      const row = order[i] as number;
      const w = data.weight ? (data.weight[row] as number) : 1;
      const label = data.label[row] as number;
      hits += w * label;
      alarms += w * (1 - label);
    }
    if (curve === 'roc') area += ((hits + hitsBefore) / 2) * (alarms - alarmsBefore);
    else area += precisionArea(hitsBefore, alarmsBefore, hits, alarms);
  }
  return curve === 'roc' ? area / (positives * negatives) : area / positives;
}

/** Davis and Goadrich (2006): between two points false positives grow linearly with the true ones. */
function precisionArea(hits0: number, alarms0: number, hits1: number, alarms1: number): number {
  const gained = hits1 - hits0;
  if (gained === 0) return 0;
  const slope = (alarms1 - alarms0) / gained;
  const a = 1 + slope;
  const b = alarms0 - slope * hits0;
  if (b === 0) return gained / a;
  return (gained - (b / a) * Math.log((a * hits1 + b) / (a * hits0 + b))) / a;
}

/** Row numbers by descending score. Numbers sort several times faster than a comparator is called. */
function descending(scores: Float32Array): Uint32Array {
  const order = Uint32Array.from(scores, (_, row) => row);
  if (scores.length > PACKED_ROWS) return order.sort((a, b) => (scores[b] as number) - (scores[a] as number));
  const bits = new Int32Array(scores.buffer, scores.byteOffset, scores.length);
  const packed = Float64Array.from(bits, (bit, row) => {
    // IEEE 754 floats order like their bits, once those of negative numbers are mirrored.
    const ascending = bit >= 0 ? bit : -(bit & 0x7fffffff);
    return -ascending * PACKED_ROWS + row;
  }).sort();
  for (let i = 0; i < packed.length; i++) {
    order[i] = (((packed[i] as number) % PACKED_ROWS) + PACKED_ROWS) % PACKED_ROWS;
  }
  return order;
}
