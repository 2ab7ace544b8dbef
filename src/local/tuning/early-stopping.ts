/** The objective of one trial after each of its epochs, the less the better. */
export type Losses = readonly number[];

/** Whether a trial that has just ended an epoch is to be stopped, knowing what the others have done. */
export type ShouldStop = (losses: Losses, others: readonly Losses[]) => boolean;

/** Trials to compare with, before anything is stopped. */
const enough = 3;

/**
 * Early stopping of type Auto, as SageMaker documents it: a trial ends that is worse than the median of the running averages
 * of the other trials up to the same epoch.
 */
export const medianRule: ShouldStop = (losses, others) => {
  const epoch = losses.length;
  const averages = others.filter(({ length }) => length >= epoch).map((each) => mean(each.slice(0, epoch)));
  if (averages.length < enough) return false;
  return Number(losses.at(-1)) > median(averages);
};

const reduction = 3;

/**
 * Hyperband by asynchronous successive halving (Li et al.: A System for Massively Parallel Hyperparameter Tuning, MLSys 2020): at epoch min, 3·min,
 * 9·min, … only the best third of the trials that came so far goes on; and what goes on beyond max is ended.
 */
export function successiveHalving(min: number, max: number): ShouldStop {
  const rungs = new Set<number>();
  for (let rung = min; rung < max; rung *= reduction) rungs.add(rung);
  return (losses, others) => {
    const epoch = losses.length;
    if (epoch > max) return true;
    if (!rungs.has(epoch)) return false;
    const loss = Number(losses.at(-1));
    const here = [loss, ...others.filter(({ length }) => length >= epoch).map((each) => Number(each[epoch - 1]))];
    if (here.length < reduction) return false;
    const last = here.toSorted((a, b) => a - b)[Math.floor(here.length / reduction) - 1];
    return loss > Number(last);
  };
}

const mean = (values: Losses) => values.reduce((sum, value) => sum + value, 0) / values.length;

function median(values: Losses): number {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return (Number(low) + Number(high)) / 2;
}
