import { BinnedColumns, type Cuts, chooseCuts } from './bins.ts';
import { addBinned, Grower } from './grower.ts';
import { toHistogramData } from './histogram-data.ts';
import type { TrainParams } from './hyperparameters.ts';
import { type LabelledMatrix, transpose } from './matrix.ts';
import { type Metric, metricOf } from './metrics.ts';
import type { Model } from './model.ts';
import { OBJECTIVES, type Objective } from './objectives.ts';
import { createRandom } from './random.ts';
import { type GrowingNode, type Tree, toTree } from './tree.ts';

/** The value of every metric, by metric name, after a round. */
export interface RoundReport {
  readonly round: number;
  readonly train: ReadonlyMap<string, number>;
  /** Empty without validation data. */
  readonly validation: ReadonlyMap<string, number>;
}

/** A data set that the model under way is evaluated on. */
interface EvaluatedSet {
  readonly data: LabelledMatrix;
  readonly margins: Float32Array;
  /** Margins through the link function. */
  readonly predictions: Float32Array;
}

/** Trains in one go. @throws UserError where labels do not fit the objective. */
export function train(
  params: TrainParams,
  trainMatrix: LabelledMatrix,
  validationMatrix?: LabelledMatrix,
  onRound?: (report: RoundReport) => void,
): Model {
  const training = new Training(params, trainMatrix, validationMatrix);
  while (!training.finished) {
    const report = training.step();
    onRound?.(report);
  }
  return training.model();
}

/** A training under way, a round a step, so that the caller can report, yield or stop in between. */
export class Training {
  readonly #params: TrainParams;
  readonly #objective: Objective;
  readonly #groups: number;
  readonly #features: number;
  readonly #cuts: Cuts;
  readonly #grower: Grower;
  readonly #train: EvaluatedSet;
  readonly #validation: EvaluatedSet | null;
  readonly #validationColumns: BinnedColumns | null;
  readonly #validationRows: Uint32Array;
  readonly #metrics: readonly Metric[];
  readonly #gradients: Float32Array;
  readonly #trees: Tree[] = [];
  readonly #treeGroup: number[] = [];
  #round = 0;
  #best: { round: number; score: number } | null = null;

  constructor(params: TrainParams, data: LabelledMatrix, validation?: LabelledMatrix) {
    this.#params = params;
    this.#objective = OBJECTIVES.get(params.objective) as Objective;
    this.#groups = Math.max(1, params.classes);
    this.#features = Math.max(data.columns, validation?.columns ?? 0);
    this.#objective.checkLabels(data.label, this.#groups);
    if (validation) this.#objective.checkLabels(validation.label, this.#groups);

    const matrix = transpose(data, this.#features);
    this.#cuts = chooseCuts(matrix, params.maxBin, params.midpoints);
    const columns = new BinnedColumns(matrix, this.#cuts);
    const histogramData = toHistogramData(columns, this.#cuts);
    this.#grower = new Grower(columns, histogramData, this.#cuts, params, createRandom(params.seed));
    this.#train = this.#evaluatedSet(data);
    this.#validation = validation ? this.#evaluatedSet(validation) : null;
    this.#validationColumns = validation ? new BinnedColumns(transpose(validation, this.#features), this.#cuts) : null;
    this.#validationRows = Uint32Array.from({ length: validation?.rows ?? 0 }, (_, row) => row);
    this.#metrics = params.metrics.map((name) => metricOf(name, this.#groups));
    this.#gradients = new Float32Array(2 * data.rows);
  }

  get finished(): boolean {
    return this.#round >= this.#params.rounds || this.#stoppedEarly;
  }

  get #stoppedEarly(): boolean {
    const patience = this.#params.earlyStoppingRounds;
    return patience !== null && this.#best !== null && this.#round - 1 - this.#best.round >= patience;
  }

  /** The round that scored best on the validation data, if early stopping keeps an eye on it. */
  get best(): { readonly round: number; readonly score: number } | null {
    return this.#best;
  }

  /** Adds one round of trees and evaluates. */
  step(): RoundReport {
    const groups = this.#groups;
    const grown: GrowingNode[] = [];
    for (let group = 0; group < groups; group++) {
      this.#objective.gradients(
        this.#train.predictions,
        this.#train.data,
        group,
        groups,
        this.#params,
        this.#gradients,
      );
      const root = this.#grower.grow(this.#gradients);
      this.#grower.addLeaves(root, this.#train.margins, group, groups);
      grown.push(root);
    }
    for (const [group, root] of grown.entries()) {
      this.#trees.push(toTree(root));
      this.#treeGroup.push(group);
      if (!this.#validation || !this.#validationColumns) continue;
      const { margins } = this.#validation;
      addBinned(root, this.#validationColumns, this.#cuts, this.#validationRows, margins, group, groups);
    }
    const report = {
      round: this.#round,
      train: this.#evaluate(this.#train),
      validation: this.#validation ? this.#evaluate(this.#validation) : new Map<string, number>(),
    };
    this.#noteBest(report);
    this.#round++;
    return report;
  }

  /** The model so far; after early stopping its best rounds only, as the container saves it. */
  model(): Model {
    const rounds = this.#best ? this.#best.round + 1 : this.#round;
    const { objective, classes, baseScore } = this.#params;
    return {
      objective: objective === 'reg:linear' ? 'reg:squarederror' : objective,
      features: this.#features,
      classes,
      baseScore: [Math.fround(baseScore)],
      trees: this.#trees.slice(0, rounds * this.#groups),
      treeGroup: this.#treeGroup.slice(0, rounds * this.#groups),
      parallelTrees: 1,
      attributes: { best_iteration: String(rounds - 1), best_ntree_limit: String(rounds) },
      objectiveParams: this.#objectiveParams(),
    };
  }

  #evaluatedSet(data: LabelledMatrix): EvaluatedSet {
    const margin = this.#objective.link.toMargin(this.#params.baseScore);
    const margins = new Float32Array(data.rows * this.#groups).fill(margin);
    const predictions = margins.slice();
    this.#objective.link.transform(predictions, data.rows, this.#groups);
    return { data, margins, predictions };
  }

  #evaluate({ data, margins, predictions }: EvaluatedSet): Map<string, number> {
    predictions.set(margins);
    this.#objective.link.transform(predictions, data.rows, this.#groups);
    const scored = { predictions, data, groups: this.#groups };
    return new Map(this.#metrics.map((metric) => [metric.name, metric.evaluate(scored)]));
  }

  #noteBest({ round, validation }: RoundReport): void {
    const metric = this.#metrics.find(({ name }) => name === this.#params.stoppingMetric);
    const score = validation.get(this.#params.stoppingMetric);
    if (this.#params.earlyStoppingRounds === null || !metric || score === undefined) return;
    const better = this.#best === null || (metric.maximize ? score > this.#best.score : score < this.#best.score);
    if (better) this.#best = { round, score };
  }

  #objectiveParams(): Model['objectiveParams'] {
    const { objective, classes, maxDeltaStep, scalePosWeight } = this.#params;
    if (classes > 0) return { softmax_multiclass_param: { num_class: String(classes) } };
    if (objective === 'count:poisson') return { poisson_regression_param: { max_delta_step: String(maxDeltaStep) } };
    return { reg_loss_param: { scale_pos_weight: String(scalePosWeight) } };
  }
}
