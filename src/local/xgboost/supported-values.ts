/**
 * Hyperparameters that change the model in a way that only XGBoost itself can follow, with the values that do not.
 * Anything else would train a model other than the one asked for.
 */
export const SUPPORTED_VALUES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    booster: ['gbtree'],
    tree_method: ['auto', 'exact', 'approx', 'hist'],
    objective: [
      'reg:squarederror',
      'reg:linear',
      'reg:logistic',
      'binary:logistic',
      'binary:logitraw',
      'multi:softmax',
      'multi:softprob',
      'count:poisson',
    ],
    predictor: ['auto', 'cpu_predictor'],
    process_type: ['default'],
    num_parallel_tree: ['1'],
    sampling_method: ['uniform'],
    use_dask_gpu_training: ['false'],
    dsplit: ['row'],
    updater: [],
    refresh_leaf: [],
    sketch_eps: [],
    monotone_constraints: [],
    interaction_constraints: [],
    sample_type: [],
    normalize_type: [],
    rate_drop: [],
    one_drop: [],
    skip_drop: [],
    lambda_bias: [],
    tweedie_variance_power: [],
    _kfold: [],
    _num_cv_round: [],
    aft_loss_distribution: [],
    aft_loss_distribution_scale: [],
    prob_buffer_row: [],
  }),
);
