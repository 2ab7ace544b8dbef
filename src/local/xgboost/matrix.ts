/**
 * Feature rows in compressed sparse row form, as XGBoost's DMatrix holds them: row r has the entries
 * `rowStart[r] … rowStart[r + 1]`, in ascending order of feature; an absent entry is a missing value. No value is NaN.
 */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly rowStart: Uint32Array;
  readonly feature: Uint32Array;
  readonly value: Float32Array;
}

export interface LabelledMatrix extends Matrix {
  readonly label: Float32Array;
  /** Instance weights, or null when every row weighs 1. */
  readonly weight: Float32Array | null;
}

/** Collects entries row by row; `endRow` closes the row under way. */
export class MatrixBuilder {
  rows = 0;
  columns = 0;
  #entries = 0;
  #rowStart = new Uint32Array(1024);
  #feature = new Uint32Array(16384);
  #value = new Float32Array(16384);
  #label = new Float32Array(1024);
  #weight = new Float32Array(1024).fill(1);
  #weighted = false;

  /** Adds a present value to the row under way; features must come in ascending order. */
  push(feature: number, value: number): void {
    if (this.#entries === this.#value.length) this.#growEntries();
    this.#feature[this.#entries] = feature;
    this.#value[this.#entries++] = value;
  }

  label(value: number): void {
    this.#label[this.rows] = value;
  }

  weight(value: number): void {
    this.#weight[this.rows] = value;
    this.#weighted = true;
  }

  endRow(columns: number): void {
    if (columns > this.columns) this.columns = columns;
    this.rows++;
    if (this.rows + 1 >= this.#rowStart.length) this.#growRows();
    this.#rowStart[this.rows] = this.#entries;
  }

  build(): LabelledMatrix {
    return {
      rows: this.rows,
      columns: this.columns,
      rowStart: this.#rowStart.subarray(0, this.rows + 1),
      feature: this.#feature.subarray(0, this.#entries),
      value: this.#value.subarray(0, this.#entries),
      label: this.#label.subarray(0, this.rows),
      weight: this.#weighted ? this.#weight.subarray(0, this.rows) : null,
    };
  }

  #growEntries(): void {
    const feature = new Uint32Array(this.#feature.length * 2);
    feature.set(this.#feature);
    this.#feature = feature;
    const value = new Float32Array(this.#value.length * 2);
    value.set(this.#value);
    this.#value = value;
  }

  #growRows(): void {
    const size = this.#rowStart.length * 2;
    const rowStart = new Uint32Array(size);
    rowStart.set(this.#rowStart);
    this.#rowStart = rowStart;
    const label = new Float32Array(size);
    label.set(this.#label);
    this.#label = label;
    const weight = new Float32Array(size).fill(1);
    weight.set(this.#weight);
    this.#weight = weight;
  }
}

/** The same entries column by column: column f has the entries `columnStart[f] … columnStart[f + 1]`, rows ascending. */
export interface ColumnMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly columnStart: Uint32Array;
  readonly row: Uint32Array;
  readonly value: Float32Array;
}

/** `columns` may exceed the matrix's own, when another data set has more features. */
export function transpose(matrix: Matrix, columns: number): ColumnMatrix {
  const { rows, rowStart, feature, value } = matrix;
  const columnStart = new Uint32Array(columns + 1);
  for (let k = 0; k < feature.length; k++) {
    const next = (feature[k] as number) + 1;
    columnStart[next] = (columnStart[next] as number) + 1;
  }
  for (let f = 0; f < columns; f++) {
    columnStart[f + 1] = (columnStart[f + 1] as number) + (columnStart[f] as number);
  }
  const cursor = columnStart.slice();
  const row = new Uint32Array(value.length);
  const transposed = new Float32Array(value.length);
  for (let r = 0; r < rows; r++) {
    for (let k = rowStart[r] as number, end = rowStart[r + 1] as number; k < end; k++) {
      const f = feature[k] as number;
      const at = cursor[f] as number;
      cursor[f] = at + 1;
      row[at] = r;
      transposed[at] = value[k] as number;
    }
  }
  return { rows, columns, columnStart, row, value: transposed };
}
