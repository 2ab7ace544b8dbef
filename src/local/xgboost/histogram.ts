import type { HistogramData } from './histogram-data.ts';

/** Sums gradients and hessians per slot (two numbers a slot) and keeps the arrays for reuse. */
export class Histograms {
  readonly #data: HistogramData;
  readonly #free: Float64Array[] = [];

  constructor(data: HistogramData) {
    this.#data = data;
  }

  release(histogram: Float64Array): void {
    this.#free.push(histogram);
  }

  /** The histogram of `rows[begin, end)`, whose gradients and hessians sum up to the totals given. */
  build(
    rows: Uint32Array,
    begin: number,
    end: number,
    gradients: Float32Array,
    gradient: number,
    hessian: number,
  ): Float64Array {
    const histogram = this.#free.pop()?.fill(0) ?? new Float64Array(2 * this.#data.slots);
    accumulate(histogram, rows, begin, end, gradients, this.#data.rowStart, this.#data.entry);
    fillFrequent(histogram, this.#data, gradient, hessian);
    return histogram;
  }

  /** Takes `part` away from `whole`, in place: what remains is the sibling's histogram, at the cost of no row. */
  subtract(whole: Float64Array, part: Float64Array): Float64Array {
    for (let i = 0; i < whole.length; i++) whole[i] = (whole[i] as number) - (part[i] as number);
    return whole;
  }
}

function accumulate(
  histogram: Float64Array,
  rows: Uint32Array,
  begin: number,
  end: number,
  gradients: Float32Array,
  rowStart: Uint32Array,
  entry: Uint32Array,
): void {
  for (let i = begin; i < end; i++) {
    const row = rows[i] as number;
    const g = gradients[2 * row] as number;
    const h = gradients[2 * row + 1] as number;
    const stop = rowStart[row + 1] as number;
    for (let k = rowStart[row] as number; k < stop; k++) {
      const slot = entry[k] as number;
      histogram[slot] = (histogram[slot] as number) + g;
      histogram[slot + 1] = (histogram[slot + 1] as number) + h;
    }
  }
}

function fillFrequent(histogram: Float64Array, data: HistogramData, gradient: number, hessian: number): void {
  const { firstSlot, frequentSlot } = data;
  for (let f = 0; f < frequentSlot.length; f++) {
    let g = gradient;
    let h = hessian;
    const end = 2 * (firstSlot[f + 1] as number);
    for (let slot = 2 * (firstSlot[f] as number); slot < end; slot += 2) {
      g -= histogram[slot] as number;
      h -= histogram[slot + 1] as number;
    }
    const frequent = 2 * (frequentSlot[f] as number);
    histogram[frequent] = g;
    histogram[frequent + 1] = h;
  }
}
