import type { Dimension, Values } from './search-space.ts';
import { goodOf, sampleTreeParzen } from './tree-parzen.ts';

/** A trial as a strategy sees it. */
export interface Observation {
  values: Values;
  /** The less the better; undefined while it is not known, and for a trial that failed. */
  loss: number | undefined;
}

/** The values of the next trial after these; undefined when there is nothing left to try. */
export type Suggest = (past: readonly Observation[]) => Values | undefined;

export type Strategy = 'Bayesian' | 'Random' | 'Hyperband' | 'Grid';

/** Trials at random before a model of them says more. */
const warmUp = 5;
/** Draws of a value that has not been tried, before the space counts as searched. */
const draws = 100;

export function createSuggest(strategy: Strategy, space: Dimension[], random: () => number): Suggest {
  const drawRandom = () =>
    Object.fromEntries(
      space.map((dimension) => [
        dimension.name,
        'choices' in dimension
          ? (dimension.choices[Math.floor(random() * dimension.choices.length)] ?? '')
          : dimension.toValue(random()),
      ]),
    );
  switch (strategy) {
    case 'Grid':
      return ({ length }) => gridPoint(space, length);
    case 'Bayesian':
      return (past) => fresh(past, () => drawBayesian(space, past, random) ?? drawRandom());
    default:
      // Hyperband draws at random too, and differs in which trials it lets go on.
      return (past) => fresh(past, drawRandom);
  }
}

/** How many trials a grid has; undefined when a dimension is no category. */
export function gridSize(space: Dimension[]): number | undefined {
  const sizes = space.map((dimension) => ('choices' in dimension ? dimension.choices.length : Number.NaN));
  const size = sizes.reduce((product, each) => product * each, 1);
  return Number.isNaN(size) ? undefined : size;
}

function gridPoint(space: Dimension[], index: number): Values | undefined {
  if (index >= (gridSize(space) ?? 0)) return undefined;
  let rest = index;
  const values: Record<string, string> = {};
  for (const dimension of space) {
    if (!('choices' in dimension)) return undefined;
    values[dimension.name] = dimension.choices[rest % dimension.choices.length] ?? '';
    rest = Math.floor(rest / dimension.choices.length);
  }
  return values;
}

function drawBayesian(space: Dimension[], past: readonly Observation[], random: () => number): Values | undefined {
  const known = past.filter(({ loss }) => loss !== undefined);
  if (known.length < warmUp) return undefined;
  const ranked = known.toSorted((a, b) => Number(a.loss) - Number(b.loss));
  const good = ranked.slice(0, goodOf(ranked.length));
  // What is still running counts as bad, so that parallel trials go different ways.
  const rest = past.filter((trial) => !good.includes(trial));
  const valuesOf = (trials: readonly Observation[]) => trials.map(({ values }) => values);
  return sampleTreeParzen(space, valuesOf(good), valuesOf(rest), random);
}

/** The same values twice would teach nothing. */
function fresh(past: readonly Observation[], draw: () => Values): Values | undefined {
  const tried = new Set(past.map(({ values }) => JSON.stringify(values)));
  for (let drawn = 0; drawn < draws; drawn++) {
    const values = draw();
    if (!tried.has(JSON.stringify(values))) return values;
  }
  return undefined;
}
