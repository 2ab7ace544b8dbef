import type { Dimension, Values } from './search-space.ts';

// The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio, Kégl: Algorithms for Hyper-Parameter Optimization, NIPS 2011): the values
// of good trials and of the others are two densities, and the next trial is where the first is large against the second. Written here because
// npm has no package of Bayesian optimisation that is kept up.

const candidates = 24;
const goodShare = 0.25;

/** Draws the next values. `good` and `rest` are the trials so far, by how well they did. */
export function sampleTreeParzen(space: Dimension[], good: Values[], rest: Values[], random: () => number): Values {
  const chosen = space.map((dimension) => {
    const valuesOf = (trials: Values[]) => trials.map((values) => values[dimension.name] ?? '');
    const [better, worse] = [valuesOf(good), valuesOf(rest)];
    if ('choices' in dimension) return [dimension.name, sampleChoice(dimension.choices, better, worse, random)];
    const unit = sampleNumber(better.map(dimension.toUnit), worse.map(dimension.toUnit), random);
    return [dimension.name, dimension.toValue(unit)];
  });
  return Object.fromEntries(chosen) as Values;
}

/** How many of `count` finished trials count as good. */
export const goodOf = (count: number) => Math.ceil(goodShare * count);

function sampleChoice(choices: readonly string[], better: string[], worse: string[], random: () => number): string {
  const share = (choice: string, among: string[]) =>
    (1 + among.filter((each) => each === choice).length) / (choices.length + among.length);
  return best(
    () => pick(choices, (choice) => share(choice, better), random),
    (choice) => share(choice, better) / share(choice, worse),
  );
}

function pick(choices: readonly string[], weight: (choice: string) => number, random: () => number): string {
  let ticket = random();
  for (const choice of choices) {
    ticket -= weight(choice);
    if (ticket < 0) return choice;
  }
  return choices.at(-1) ?? '';
}

function sampleNumber(better: number[], worse: number[], random: () => number): number {
  const [good, bad] = [new ParzenDensity(better), new ParzenDensity(worse)];
  return best(
    () => good.draw(random),
    (unit) => good.at(unit) / bad.at(unit),
  );
}

function best<T>(draw: () => T, score: (each: T) => number): T {
  let found = draw();
  let most = score(found);
  for (let drawn = 1; drawn < candidates; drawn++) {
    const next = draw();
    const value = score(next);
    if (value > most) [found, most] = [next, value];
  }
  return found;
}

/** A density on [0, 1]: a normal distribution around each point, as wide as the way to its neighbours, and a wide one for what is not known. */
class ParzenDensity {
  readonly #kernels: { mean: number; width: number; mass: number }[];

  constructor(points: number[]) {
    const least = 1 / Math.min(100, points.length + 2);
    const ends = [0, ...points.toSorted((a, b) => a - b), 1];
    const widths = ends.slice(1, -1).map((point, at) => {
      const toNeighbour = Math.max(point - (ends[at] ?? 0), (ends[at + 2] ?? 1) - point);
      return { mean: point, width: Math.min(1, Math.max(least, toNeighbour)) };
    });
    this.#kernels = [{ mean: 0.5, width: 1 }, ...widths].map((kernel) => ({ ...kernel, mass: massInside(kernel) }));
  }

  at(unit: number): number {
    const sum = this.#kernels.reduce((total, { mean, width, mass }) => {
      const distance = (unit - mean) / width;
      return total + Math.exp(-0.5 * distance * distance) / (width * Math.sqrt(2 * Math.PI) * mass);
    }, 0);
    return sum / this.#kernels.length;
  }

  draw(random: () => number): number {
    const { mean, width } = this.#kernels[Math.floor(random() * this.#kernels.length)] ?? { mean: 0.5, width: 1 };
    // Cut off at the ends of the range: most draws are inside.
    for (let tries = 0; tries < 100; tries++) {
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      const unit = mean + width * normal;
      if (unit >= 0 && unit <= 1) return unit;
    }
    return mean;
  }
}

/** Share of a kernel that lies in [0, 1]. */
const massInside = ({ mean, width }: { mean: number; width: number }) =>
  normalBelow((1 - mean) / width) - normalBelow(-mean / width);

/** Logistic approximation of the normal distribution function (Bowling et al. 2009), within 2e-4. */
const normalBelow = (z: number) => 1 / (1 + Math.exp(-(1.5976 * z + 0.07056 * z ** 3)));
