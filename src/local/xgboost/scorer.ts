import { LINKS, type Link } from './link.ts';
import type { Matrix } from './matrix.ts';
import { type Model, outputGroups } from './model.ts';

/** All trees of a model in one set of typed arrays, so that a walk touches no object. */
export class Scorer {
  /** Predictions a row. */
  readonly outputs: number;
  readonly #groups: number;
  readonly #link: Link;
  readonly #base: Float32Array;
  readonly #roots: Int32Array;
  readonly #treeGroup: Int32Array;
  /** -1 marks a leaf. */
  readonly #feature: Int32Array;
  readonly #condition: Float32Array;
  readonly #left: Int32Array;
  readonly #right: Int32Array;
  readonly #missing: Int32Array;
  readonly #row: Float32Array;

  /** @param rounds use only the first so many boosting rounds. */
  constructor(model: Model, rounds = Number.POSITIVE_INFINITY) {
    const groups = outputGroups(model);
    const trees = model.trees.slice(0, rounds * groups * model.parallelTrees);
    const nodes = trees.reduce((sum, tree) => sum + tree.left.length, 0);
    this.#groups = groups;
    this.#link = LINKS.get(model.objective) as Link;
    this.outputs = this.#link.outputs(groups);
    this.#base = Float32Array.from({ length: groups }, (_, group) => {
      return this.#link.toMargin(model.baseScore[model.baseScore.length > 1 ? group : 0] as number);
    });
    this.#roots = new Int32Array(trees.length);
    this.#treeGroup = Int32Array.from(model.treeGroup.slice(0, trees.length));
    this.#feature = new Int32Array(nodes);
    this.#condition = new Float32Array(nodes);
    this.#left = new Int32Array(nodes);
    this.#right = new Int32Array(nodes);
    this.#missing = new Int32Array(nodes);
    let at = 0;
    for (const [i, tree] of trees.entries()) {
      this.#roots[i] = at;
      for (let node = 0; node < tree.left.length; node++) {
        const leaf = tree.left[node] === -1;
        this.#feature[at + node] = leaf ? -1 : (tree.feature[node] as number);
        this.#left[at + node] = at + (tree.left[node] as number);
        this.#right[at + node] = at + (tree.right[node] as number);
        this.#missing[at + node] =
          at + (tree.defaultLeft[node] ? (tree.left[node] as number) : (tree.right[node] as number));
      }
      this.#condition.set(tree.condition, at);
      at += tree.left.length;
    }
    this.#row = new Float32Array(model.features).fill(Number.NaN);
  }

  /** Predictions for the rows `[from, to)`, `outputs` each. Features that the model does not have are passed over. */
  predict(matrix: Matrix, from = 0, to: number = matrix.rows): Float32Array {
    const margins = this.margins(matrix, from, to);
    this.#link.transform(margins, to - from, this.#groups);
    return margins.subarray(0, (to - from) * this.outputs);
  }

  /** The sums of the leaves, before the link function, one for each output group. */
  margins(matrix: Matrix, from = 0, to: number = matrix.rows): Float32Array {
    const { rowStart, feature, value } = matrix;
    const groups = this.#groups;
    const row = this.#row;
    const margins = new Float32Array((to - from) * groups);
    for (let r = from; r < to; r++) {
      const begin = rowStart[r] as number;
      const end = rowStart[r + 1] as number;
      for (let k = begin; k < end; k++) {
        const f = feature[k] as number;
        if (f < row.length) row[f] = value[k] as number;
      }
      margins.set(this.#base, (r - from) * groups);
      this.#addTrees(margins, (r - from) * groups);
      for (let k = begin; k < end; k++) {
        const f = feature[k] as number;
        if (f < row.length) row[f] = Number.NaN;
      }
    }
    return margins;
  }

  /** In float32, tree after tree, as XGBoost sums. */
  #addTrees(margins: Float32Array, offset: number): void {
    const feature = this.#feature;
    const condition = this.#condition;
    const left = this.#left;
    const right = this.#right;
    const missing = this.#missing;
    const row = this.#row;
    for (let t = 0; t < this.#roots.length; t++) {
      let node = this.#roots[t] as number;
      for (let f = feature[node] as number; f >= 0; f = feature[node] as number) {
        const v = row[f] as number;
        const bound = condition[node] as number;
        if (v < bound) node = left[node] as number;
        else if (v >= bound) node = right[node] as number;
        else node = missing[node] as number;
      }
      const at = offset + (this.#treeGroup[t] as number);
      margins[at] = (margins[at] as number) + (condition[node] as number);
    }
  }
}
