/**
 * A regression tree in XGBoost's own layout: parallel arrays over the nodes, node 0 the root. A node with `left` -1 is a leaf
 * and `condition` its value; otherwise a row goes left if its `feature` is below `condition`, and by `defaultLeft` if missing.
 */
export interface Tree {
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** 2147483647 for the root. */
  readonly parent: Int32Array;
  readonly feature: Int32Array;
  readonly condition: Float32Array;
  readonly defaultLeft: Uint8Array;
  /** What a node would answer as a leaf, before eta. */
  readonly weight: Float32Array;
  readonly hessian: Float32Array;
  /** The loss that the split takes away; 0 for leaves. */
  readonly gain: Float32Array;
}

export const NO_PARENT = 2147483647;

/** Where to split a node, and what that gains. */
export interface Split {
  readonly feature: number;
  /** The last bin that goes left. */
  readonly bin: number;
  readonly threshold: number;
  readonly defaultLeft: boolean;
  readonly gain: number;
  readonly leftGradient: number;
  readonly leftHessian: number;
}

/** A node while its tree grows. Its training rows are the slice `[begin, end)` of the grower's row order. */
export interface GrowingNode {
  readonly depth: number;
  readonly begin: number;
  readonly end: number;
  readonly gradient: number;
  readonly hessian: number;
  readonly weight: number;
  /** What the rows of this node get if it is a leaf: the weight times eta, in float32. */
  readonly leafValue: number;
  children: { readonly split: Split; readonly left: GrowingNode; readonly right: GrowingNode } | null;
}

/** Numbers the nodes breadth first. */
export function toTree(root: GrowingNode): Tree {
  const nodes: GrowingNode[] = [root];
  const parents: number[] = [NO_PARENT];
  const firstChild: number[] = [];
  for (let id = 0; id < nodes.length; id++) {
    const children = nodes[id]?.children;
    firstChild.push(children ? nodes.length : -1);
    if (!children) continue;
    nodes.push(children.left, children.right);
    parents.push(id, id);
  }
  return {
    left: Int32Array.from(firstChild),
    right: Int32Array.from(firstChild, (child) => (child < 0 ? -1 : child + 1)),
    parent: Int32Array.from(parents),
    feature: Int32Array.from(nodes, (node) => node.children?.split.feature ?? 0),
    condition: Float32Array.from(nodes, (node) => node.children?.split.threshold ?? node.leafValue),
    defaultLeft: Uint8Array.from(nodes, (node) => (node.children?.split.defaultLeft ? 1 : 0)),
    weight: Float32Array.from(nodes, (node) => node.weight),
    hessian: Float32Array.from(nodes, (node) => node.hessian),
    gain: Float32Array.from(nodes, (node) => node.children?.split.gain ?? 0),
  };
}

/** Turns splits whose gain is below `gamma` back into leaves, from the bottom up, as XGBoost's `prune` updater does. */
export function prune(node: GrowingNode, gamma: number): void {
  if (!node.children) return;
  const { split, left, right } = node.children;
  prune(left, gamma);
  prune(right, gamma);
  if (!left.children && !right.children && split.gain < gamma) node.children = null;
}
