import { createRandom } from '../xgboost/random.ts';
import { medianRule, type ShouldStop, successiveHalving } from './early-stopping.ts';
import { searchSpace } from './search-space.ts';
import { createSuggest, type Observation, type Suggest } from './suggest.ts';
import { type Definition, definitionsOf, type Trial, type TuningJob, toLoss } from './tuning-job.ts';

/** How values are found for the training jobs of one definition. */
export interface Search {
  definition: Definition;
  suggest: Suggest;
  /** Trials of earlier tuning jobs that this one starts from. */
  before: Observation[];
}

/** A search for each definition of a tuning job. `parents` are the jobs that it starts from. */
export function searchesOf(job: TuningJob, parents: readonly TuningJob[]): Search[] {
  const { Strategy, RandomSeed } = job.HyperParameterTuningJobConfig;
  const random = createRandom(RandomSeed ?? Math.floor(Math.random() * 2 ** 32));
  return definitionsOf(job).flatMap((definition) => {
    if (!definition) return [];
    const space = searchSpace(definition.ranges);
    const before = parents.flatMap(({ trials }) => observations(trials, definition));
    const comparable = before.filter(({ values }) => space.every((dimension) => values[dimension.name] !== undefined));
    return [{ definition, suggest: createSuggest(Strategy, space, random), before: comparable }];
  });
}

/** What the trials of a definition have shown. */
export function observations(trials: readonly Trial[], { training, objective }: Definition): Observation[] {
  const own = trials.filter(({ TrainingJobDefinitionName }) => TrainingJobDefinitionName === training.DefinitionName);
  return own.map((trial) => ({
    values: trial.TunedHyperParameters,
    loss: trial.objective === undefined ? undefined : toLoss(objective, trial.objective),
  }));
}

/** The rule by which training jobs that promise little are stopped, if there is one. */
export function stoppingRule({ HyperParameterTuningJobConfig: config }: TuningJob): ShouldStop | undefined {
  if (config.Strategy === 'Hyperband') {
    const { MinResource = 1, MaxResource = Number.POSITIVE_INFINITY } =
      config.StrategyConfig?.HyperbandStrategyConfig ?? {};
    return successiveHalving(MinResource, Math.min(MaxResource, Number.MAX_SAFE_INTEGER));
  }
  return config.TrainingJobEarlyStoppingType === 'Auto' ? medianRule : undefined;
}
