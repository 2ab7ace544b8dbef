import type { Model } from './model.ts';
import type { Tree } from './tree.ts';

/** The format's version, that of the release whose fields these are. */
const VERSION = [1, 7, 6];

/**
 * XGBoost's JSON model format as 1.7 writes it, which every later release reads. Written by hand rather than by
 * JSON.stringify: XGBoost's reader takes a number without point or exponent for an integer and refuses it as a float.
 */
export function modelToJson(model: Model): string {
  const parameters = {
    base_score: model.baseScore.map((score) => float32Text(Math.fround(score))).join(','),
    boost_from_average: '0',
    num_class: String(model.classes),
    num_feature: String(model.features),
    num_target: '1',
  };
  const treeParameters = {
    num_parallel_tree: String(model.parallelTrees),
    num_trees: String(model.trees.length),
    size_leaf_vector: '0',
  };
  const trees = model.trees.map((tree, id) => treeJson(tree, id, model.features));
  const booster =
    `{"model":{"gbtree_model_param":${JSON.stringify(treeParameters)},"tree_info":${JSON.stringify(model.treeGroup)},` +
    `"trees":[${trees.join(',')}]},"name":"gbtree"}`;
  const objective = { name: model.objective, ...model.objectiveParams };
  return (
    `{"learner":{"attributes":${JSON.stringify(model.attributes)},"feature_names":[],"feature_types":[],` +
    `"gradient_booster":${booster},"learner_model_param":${JSON.stringify(parameters)},` +
    `"objective":${JSON.stringify(objective)}},"version":${JSON.stringify(VERSION)}}`
  );
}

function treeJson(tree: Tree, id: number, features: number): string {
  const nodes = tree.left.length;
  const parameters = {
    num_deleted: '0',
    num_feature: String(features),
    num_nodes: String(nodes),
    size_leaf_vector: '0',
  };
  return (
    `{"base_weights":${floats(tree.weight)},"categories":[],"categories_nodes":[],"categories_segments":[],` +
    `"categories_sizes":[],"default_left":[${tree.defaultLeft.join()}],"id":${id},` +
    `"left_children":[${tree.left.join()}],"loss_changes":${floats(tree.gain)},"parents":[${tree.parent.join()}],` +
    `"right_children":[${tree.right.join()}],"split_conditions":${floats(tree.condition)},` +
    `"split_indices":[${tree.feature.join()}],"split_type":[${new Uint8Array(nodes).join()}],` +
    `"sum_hessian":${floats(tree.hessian)},"tree_param":${JSON.stringify(parameters)}}`
  );
}

function floats(values: Float32Array): string {
  return `[${Array.from(values, float32Text).join()}]`;
}

/** The shortest decimal that reads back as the same float32, with an exponent, as XGBoost prints floats: `5E-1`. */
export function float32Text(value: number): string {
  for (let digits = 5; digits < 8; digits++) {
    const text = value.toExponential(digits);
    if (Math.fround(Number(text)) === value) return tidy(text);
  }
  return tidy(value.toExponential(8));
}

function tidy(text: string): string {
  return text.replace(/\.?0*e\+?/, 'E');
}
