/**
 * What the algorithm takes: names, kinds and ranges of aws/sagemaker-xgboost-container,
 * src/sagemaker_xgboost_container/algorithm_mode/hyperparameter_validation.py.
 */
export type Definition =
  | { readonly kind: 'integer' | 'continuous'; readonly range: string }
  | { readonly kind: 'categorical'; readonly range: readonly string[] }
  | { readonly kind: 'metrics' | 'text' };

/** Ranges are written as the messages print them: `[` and `]` include their end, `(` and `)` do not. */
const integer = (range: string): Definition => ({ kind: 'integer', range });
const continuous = (range: string): Definition => ({ kind: 'continuous', range });
const oneOf = (...range: string[]): Definition => ({ kind: 'categorical', range });
const text: Definition = { kind: 'text' };
const flag = oneOf('true', 'false');

export const DEFINITIONS: ReadonlyMap<string, Definition> = new Map(
  Object.entries({
    num_round: integer('[1, +inf)'),
    csv_weights: integer('[0, 1]'),
    early_stopping_rounds: integer('[1, +inf)'),
    booster: oneOf('gbtree', 'gblinear', 'dart'),
    // Dropped by the container after 1.0-1, and still in every tutorial.
    silent: integer('[0, 1]'),
    verbosity: integer('[0, 3]'),
    nthread: integer('[1, +inf)'),
    eta: continuous('[0, 1]'),
    gamma: continuous('[0, +inf)'),
    max_depth: integer('[0, +inf)'),
    min_child_weight: continuous('[0, +inf)'),
    max_delta_step: continuous('[0, +inf)'),
    subsample: continuous('(0, 1]'),
    colsample_bytree: continuous('(0, 1]'),
    colsample_bylevel: continuous('(0, 1]'),
    colsample_bynode: continuous('(0, 1]'),
    lambda: continuous('[0, +inf)'),
    alpha: continuous('[0, +inf)'),
    tree_method: oneOf('auto', 'exact', 'approx', 'hist', 'gpu_hist'),
    sketch_eps: continuous('(0, 1)'),
    scale_pos_weight: continuous('(0, +inf)'),
    updater: text,
    dsplit: oneOf('row', 'col'),
    refresh_leaf: integer('[0, 1]'),
    process_type: oneOf('default', 'update'),
    grow_policy: oneOf('depthwise', 'lossguide'),
    max_leaves: integer('[0, +inf)'),
    max_bin: integer('[0, +inf)'),
    predictor: oneOf('auto', 'cpu_predictor', 'gpu_predictor'),
    monotone_constraints: text,
    interaction_constraints: text,
    sample_type: oneOf('uniform', 'weighted'),
    normalize_type: oneOf('tree', 'forest'),
    rate_drop: continuous('[0, 1]'),
    one_drop: integer('[0, 1]'),
    skip_drop: continuous('[0, 1]'),
    lambda_bias: continuous('[0, 1]'),
    tweedie_variance_power: continuous('(1, 2)'),
    objective: oneOf(
      'aft_loss_distribution',
      'binary:logistic',
      'binary:logitraw',
      'binary:hinge',
      'count:poisson',
      'multi:softmax',
      'multi:softprob',
      'rank:pairwise',
      'rank:ndcg',
      'rank:map',
      'reg:linear',
      'reg:squarederror',
      'reg:logistic',
      'reg:gamma',
      'reg:pseudohubererror',
      'reg:squaredlogerror',
      'reg:absoluteerror',
      'reg:tweedie',
      'survival:aft',
      'survival:cox',
    ),
    num_class: integer('[2, +inf)'),
    base_score: continuous('[0, +inf)'),
    _kfold: integer('[2, +inf)'),
    _num_cv_round: integer('[1, +inf)'),
    _tuning_objective_metric: text,
    eval_metric: { kind: 'metrics' },
    seed: integer('(-2147483648, 2147483647)'),
    num_parallel_tree: integer('[1, +inf)'),
    save_model_on_termination: flag,
    aft_loss_distribution: oneOf('normal', 'logistic', 'extreme'),
    aft_loss_distribution_scale: continuous('[0, +inf)'),
    deterministic_histogram: flag,
    sampling_method: oneOf('uniform', 'gradient_based'),
    prob_buffer_row: integer('(1.0, +inf)'),
    use_dask_gpu_training: flag,
  }),
);

export const ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    learning_rate: 'eta',
    min_split_loss: 'gamma',
    reg_lambda: 'lambda',
    reg_alpha: 'alpha',
  }),
);

/** `eval_metric`s in the order in which the container lists them. */
export const METRIC_NAMES: readonly string[] = [
  'accuracy',
  'auc',
  'aucpr',
  'balanced_accuracy',
  'f1',
  'f1_binary',
  'f1_macro',
  'map',
  'ndcg',
  'precision',
  'r2',
  'recall',
  'precision_macro',
  'precision_micro',
  'recall_macro',
  'recall_micro',
  'aft-nloglik',
  'cox-nloglik',
  'error',
  'gamma-deviance',
  'gamma-nloglik',
  'interval-regression-accuracy',
  'logloss',
  'mae',
  'mape',
  'merror',
  'mlogloss',
  'mphe',
  'mse',
  'poisson-nloglik',
  'rmse',
  'rmsle',
  'tweedie-nloglik',
];
