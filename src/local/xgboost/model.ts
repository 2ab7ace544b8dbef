import { ModelError } from './faults.ts';
import { LINKS } from './link.ts';
import type { Tree } from './tree.ts';

/** A gradient boosted tree model, as much of it as XGBoost's model file says that matters here. */
export interface Model {
  readonly objective: string;
  /** Features that it was trained on. */
  readonly features: number;
  /** 0 unless multi:*. */
  readonly classes: number;
  /** Where every row starts, before the link function: one for all outputs, or one each. */
  readonly baseScore: readonly number[];
  /** In the order of training: round by round, in a round one for each output. */
  readonly trees: readonly Tree[];
  /** The output that each tree adds to. */
  readonly treeGroup: readonly number[];
  /** Trees that a round adds for one output: 1 except for forests. */
  readonly parallelTrees: number;
  /** For example best_iteration and best_ntree_limit after early stopping. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The objective's own parameters under their name in the file, e.g. reg_loss_param. */
  readonly objectiveParams: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function outputGroups(model: Model): number {
  return Math.max(1, model.classes);
}

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads XGBoost's JSON model format, written by 1.x to 3.x:
 * https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html
 * @throws ModelError
 */
export function parseModel(text: string): Model {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ModelError('not a JSON model; XGBoost writes one for file names that end in .json');
  }
  const learner = object(object(json, 'model').learner, 'learner');
  const booster = object(learner.gradient_booster, 'gradient_booster');
  if (booster.name !== 'gbtree')
    throw new ModelError(`booster ${String(booster.name)} is not supported, only gbtree is`);
  const { name, ...objectiveParams } = object(learner.objective, 'objective');
  const objective = String(name);
  if (!LINKS.has(objective)) throw new ModelError(`objective ${objective} is not supported`);

  const params = object(learner.learner_model_param, 'learner_model_param');
  const model = object(booster.model, 'gradient_booster.model');
  const parallel = Number(object(model.gbtree_model_param, 'gbtree_model_param').num_parallel_tree ?? 1);
  const treeGroup = numbers(model.tree_info, 'tree_info');
  const trees = array(model.trees, 'trees').map((tree, i) => parseTree(object(tree, `trees[${i}]`), `trees[${i}]`));
  if (trees.length !== treeGroup.length) throw new ModelError('trees and tree_info differ in length');
  const classes = Number(params.num_class ?? 0);
  if (treeGroup.some((group) => !(group >= 0 && group < Math.max(1, classes)))) {
    throw new ModelError('tree_info names an output beyond num_class');
  }
  return {
    objective,
    features: Number(params.num_feature ?? 0),
    classes,
    baseScore: parseBaseScore(String(params.base_score)),
    trees,
    treeGroup,
    parallelTrees: Math.max(1, parallel),
    attributes: object(learner.attributes ?? {}, 'attributes') as Record<string, string>,
    objectiveParams: objectiveParams as Model['objectiveParams'],
  };
}

/** Up to 2.x "5E-1"; from 3.1 on a list, "[5E-1]", with one number an output where they differ. */
function parseBaseScore(text: string): number[] {
  const scores = text
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map(Number);
  if (scores.some((score) => !Number.isFinite(score))) throw new ModelError(`base_score ${text} is no number`);
  return scores;
}

function parseTree(tree: JsonObject, name: string): Tree {
  const field = (key: string): number[] => numbers(tree[key], `${name}.${key}`);
  const left = field('left_children');
  if (Number(object(tree.tree_param, `${name}.tree_param`).size_leaf_vector ?? 0) > 1) {
    throw new ModelError(`${name} has vector leaves, which are not supported`);
  }
  if (numbers(tree.split_type ?? [], `${name}.split_type`).some((type) => type !== 0)) {
    throw new ModelError(`${name} splits by category, which is not supported`);
  }
  const parsed: Tree = {
    left: Int32Array.from(left),
    right: Int32Array.from(field('right_children')),
    parent: Int32Array.from(field('parents')),
    feature: Int32Array.from(field('split_indices')),
    condition: Float32Array.from(field('split_conditions')),
    defaultLeft: Uint8Array.from(array(tree.default_left, `${name}.default_left`), Number),
    weight: Float32Array.from(field('base_weights')),
    hessian: Float32Array.from(field('sum_hessian')),
    gain: Float32Array.from(field('loss_changes')),
  };
  if (left.length === 0) throw new ModelError(`${name} has no nodes`);
  for (const [key, values] of Object.entries(parsed)) {
    if (values.length !== left.length)
      throw new ModelError(`${name}: ${key} has ${values.length} of ${left.length} nodes`);
  }
  checkChildren(parsed, name);
  return parsed;
}

/** Children come after their parent, so that a walk ends; XGBoost numbers nodes as it makes them. */
function checkChildren({ left, right }: Tree, name: string): void {
  for (let node = 0; node < left.length; node++) {
    if (left[node] === -1) continue;
    for (const child of [left[node] as number, right[node] as number]) {
      if (!(child > node && child < left.length)) throw new ModelError(`${name}: node ${node} has child ${child}`);
    }
  }
}

function object(value: unknown, name: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ModelError(`${name} is no object`);
  return value as JsonObject;
}

function array(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw new ModelError(`${name} is no array`);
  return value;
}

function numbers(value: unknown, name: string): number[] {
  const list = array(value, name);
  if (!list.every((item) => typeof item === 'number'))
    throw new ModelError(`${name} holds something else than numbers`);
  return list as number[];
}
