import { type BinnedColumns, binCount, type Cuts } from './bins.ts';
import { Histograms } from './histogram.ts';
import type { HistogramData } from './histogram-data.ts';
import { sampleItems } from './random.ts';
import { leafWeight, type Regularisation, SplitFinder } from './split.ts';
import { type GrowingNode, prune, type Split } from './tree.ts';

export interface GrowthParams extends Regularisation {
  readonly eta: number;
  readonly gamma: number;
  /** 0 for no limit. */
  readonly maxDepth: number;
  /** 0 for no limit. */
  readonly maxLeaves: number;
  /** Which node to split next: the shallowest, or the one that gains most. */
  readonly growPolicy: 'depthwise' | 'lossguide';
  /** Drop splits below gamma when the tree is grown (exact), or never make them (hist). */
  readonly pruneAfterwards: boolean;
  readonly subsample: number;
  readonly colsampleByTree: number;
  readonly colsampleByLevel: number;
  readonly colsampleByNode: number;
}

/** A leaf that can be split, with the histogram that its children's come from. */
interface Candidate {
  readonly node: GrowingNode;
  readonly split: Split;
  readonly histogram: Float64Array;
}

/** Grows one regression tree after another on the same rows. */
export class Grower {
  readonly #columns: BinnedColumns;
  readonly #data: HistogramData;
  readonly #cuts: Cuts;
  readonly #params: GrowthParams;
  readonly #random: () => number;
  readonly #histograms: Histograms;
  readonly #finder: SplitFinder;
  readonly #allFeatures: Int32Array;
  /** Sampled rows first, in the order of the nodes they are in; then the rows left out. */
  readonly #rows: Uint32Array;
  readonly #scratch: Uint32Array;
  #sampled = 0;
  #treeFeatures: Int32Array;
  #levelFeatures: Int32Array[] = [];

  constructor(columns: BinnedColumns, data: HistogramData, cuts: Cuts, params: GrowthParams, random: () => number) {
    this.#columns = columns;
    this.#data = data;
    this.#cuts = cuts;
    this.#params = params;
    this.#random = random;
    this.#histograms = new Histograms(data);
    this.#finder = new SplitFinder(data, cuts, params);
    this.#allFeatures = Int32Array.from({ length: cuts.start.length - 1 }, (_, f) => f);
    this.#treeFeatures = this.#allFeatures;
    this.#rows = new Uint32Array(data.rows);
    this.#scratch = new Uint32Array(data.rows);
  }

  /** @param gradients gradient and hessian of every row, interleaved. */
  grow(gradients: Float32Array): GrowingNode {
    const { maxLeaves, pruneAfterwards, gamma } = this.#params;
    this.#sampleRows();
    this.#treeFeatures = sampleItems(this.#allFeatures, this.#params.colsampleByTree, this.#random);
    this.#levelFeatures = [];
    const root = this.#rootNode(gradients);
    const candidates: Candidate[] = [];
    if (this.#mayBeSplit(root)) {
      this.#consider(candidates, root, this.#build(root, gradients));
    }
    for (let leaves = 1; candidates.length > 0 && (maxLeaves === 0 || leaves < maxLeaves); leaves++) {
      this.#splitNode(candidates, this.#next(candidates), gradients);
    }
    for (const { histogram } of candidates) this.#histograms.release(histogram);
    if (pruneAfterwards) prune(root, gamma);
    return root;
  }

  /** Adds the leaf values of the tree just grown to the margins `margins[row × groups + group]` of all rows. */
  addLeaves(root: GrowingNode, margins: Float32Array, group: number, groups: number): void {
    const rows = this.#rows;
    const visit = (node: GrowingNode): void => {
      if (node.children) {
        visit(node.children.left);
        visit(node.children.right);
        return;
      }
      const value = node.leafValue;
      for (let i = node.begin; i < node.end; i++) {
        const at = (rows[i] as number) * groups + group;
        margins[at] = (margins[at] as number) + value;
      }
    };
    visit(root);
    addBinned(root, this.#columns, this.#cuts, rows.subarray(this.#sampled), margins, group, groups);
  }

  #sampleRows(): void {
    const { subsample } = this.#params;
    const total = this.#data.rows;
    const rows = this.#rows;
    const scratch = this.#scratch;
    let kept = 0;
    // As in #partition, both writes every time.
    for (let row = 0; row < total; row++) {
      const sampled = subsample >= 1 || this.#random() < subsample ? 1 : 0;
      rows[kept] = row;
      scratch[row - kept] = row;
      kept += sampled;
    }
    rows.set(scratch.subarray(0, total - kept), kept);
    this.#sampled = kept;
  }

  #rootNode(gradients: Float32Array): GrowingNode {
    let gradient = 0;
    let hessian = 0;
    for (let i = 0; i < this.#sampled; i++) {
      const row = this.#rows[i] as number;
      gradient += gradients[2 * row] as number;
      hessian += gradients[2 * row + 1] as number;
    }
    return this.#node(0, 0, this.#sampled, gradient, hessian);
  }

  #node(depth: number, begin: number, end: number, gradient: number, hessian: number): GrowingNode {
    const weight = Math.fround(leafWeight(gradient, hessian, this.#params));
    const leafValue = Math.fround(weight * Math.fround(this.#params.eta));
    return { depth, begin, end, gradient, hessian, weight, leafValue, children: null };
  }

  #mayBeSplit(node: GrowingNode): boolean {
    const { maxDepth, minChildWeight } = this.#params;
    return (maxDepth === 0 || node.depth < maxDepth) && node.end - node.begin > 1 && node.hessian >= 2 * minChildWeight;
  }

  #build(node: GrowingNode, gradients: Float32Array): Float64Array {
    return this.#histograms.build(this.#rows, node.begin, node.end, gradients, node.gradient, node.hessian);
  }

  /** Makes the node a candidate if a split of it gains, or gives its histogram back. */
  #consider(candidates: Candidate[], node: GrowingNode, histogram: Float64Array): void {
    const features = this.#featuresAt(node.depth);
    const { gradient, hessian } = node;
    const split = this.#finder.find(histogram, gradient, hessian, features);
    if (split && (this.#params.pruneAfterwards || split.gain >= this.#params.gamma)) {
      candidates.push({ node, split, histogram });
    } else {
      this.#histograms.release(histogram);
    }
  }

  #featuresAt(depth: number): Int32Array {
    let level = this.#levelFeatures[depth];
    if (!level) {
      level = sampleItems(this.#treeFeatures, this.#params.colsampleByLevel, this.#random);
      this.#levelFeatures[depth] = level;
    }
    return sampleItems(level, this.#params.colsampleByNode, this.#random);
  }

  #next(candidates: Candidate[]): Candidate {
    let chosen = 0;
    if (this.#params.growPolicy === 'lossguide') {
      candidates.forEach((candidate, i) => {
        if (candidate.split.gain > (candidates[chosen] as Candidate).split.gain) chosen = i;
      });
    }
    return candidates.splice(chosen, 1)[0] as Candidate;
  }

  #splitNode(candidates: Candidate[], { node, split, histogram }: Candidate, gradients: Float32Array): void {
    const middle = this.#partition(node, split);
    const depth = node.depth + 1;
    const left = this.#node(depth, node.begin, middle, split.leftGradient, split.leftHessian);
    const right = this.#node(
      depth,
      middle,
      node.end,
      node.gradient - split.leftGradient,
      node.hessian - split.leftHessian,
    );
    node.children = { split, left, right };

    const leftIsSmaller = middle - node.begin < node.end - middle;
    const [smaller, larger] = leftIsSmaller ? [left, right] : [right, left];
    const needed = { smaller: this.#mayBeSplit(smaller), larger: this.#mayBeSplit(larger) };
    if (!needed.smaller && !needed.larger) {
      this.#histograms.release(histogram);
      return;
    }
    const ofSmaller = this.#build(smaller, gradients);
    const ofLarger = this.#histograms.subtract(histogram, ofSmaller);
    const histograms = leftIsSmaller ? [ofSmaller, ofLarger] : [ofLarger, ofSmaller];
    for (const [i, child] of [left, right].entries()) {
      const own = histograms[i] as Float64Array;
      if (child === smaller ? needed.smaller : needed.larger) this.#consider(candidates, child, own);
      else this.#histograms.release(own);
    }
  }

  /** Orders the node's rows by side, keeping their order within each; answers where the right side begins. */
  #partition(node: GrowingNode, split: Split): number {
    const rows = this.#rows;
    const scratch = this.#scratch;
    const column = this.#columns.column(split.feature);
    const goesLeft = sides(split, binCount(this.#cuts, split.feature));
    let left = node.begin;
    let right = 0;
    // Both writes every time: a branch on the side would be mispredicted too often.
    for (let i = node.begin; i < node.end; i++) {
      const row = rows[i] as number;
      const side = goesLeft[column[row] as number] as number;
      scratch[right] = row;
      rows[left] = row;
      left += side;
      right += 1 - side;
    }
    rows.set(scratch.subarray(0, right), left);
    return left;
  }
}

/** For each bin of the split's feature, the missing values' last, whether it goes left. */
function sides(split: Split, bins: number): Uint8Array {
  const goesLeft = new Uint8Array(bins + 1).fill(1, 0, split.bin + 1);
  goesLeft[bins] = split.defaultLeft ? 1 : 0;
  return goesLeft;
}

/** Adds the tree's answer for the given rows of a binned data set to their margins. */
export function addBinned(
  root: GrowingNode,
  columns: BinnedColumns,
  cuts: Cuts,
  rows: Uint32Array,
  margins: Float32Array,
  group: number,
  groups: number,
): void {
  if (rows.length === 0) return;
  if (!root.children) {
    for (let i = 0; i < rows.length; i++) {
      const at = (rows[i] as number) * groups + group;
      margins[at] = (margins[at] as number) + root.leafValue;
    }
    return;
  }
  const { split, left, right } = root.children;
  const column = columns.column(split.feature);
  const goesLeft = sides(split, binCount(cuts, split.feature));
  const parted = new Uint32Array(rows.length);
  let toLeft = 0;
  let toRight = rows.length;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number;
    if (goesLeft[column[row] as number] === 1) parted[toLeft++] = row;
    else parted[--toRight] = row;
  }
  addBinned(left, columns, cuts, parted.subarray(0, toLeft), margins, group, groups);
  addBinned(right, columns, cuts, parted.subarray(toLeft), margins, group, groups);
}
