/** How far the boosting is. */
export interface BoostingProgress {
  /** Rounds finished. */
  readonly round: number;
  /** As the built-in algorithm names its metrics: `train:error`. */
  readonly metrics: Readonly<Record<string, number>>;
}

// `[9]\ttrain-error:0.098679\tvalidation-error:0.10…`; CloudWatch shows the tabs as #011.
const roundLine = /\[(\d+)\]((?:(?:\t|#011|\s)+[A-Za-z]\w*-[^\s:#]+:[-+.\w]+)+)/;
const metric = /([A-Za-z]\w*)-([^\s:#]+):([-+.\w]+)/g;

function readRound(line: string): BoostingProgress | undefined {
  const [, round, measured] = line.match(roundLine) ?? [];
  if (round === undefined || measured === undefined) return undefined;
  const metrics = [...measured.replaceAll('#011', '\t').matchAll(metric)].flatMap(([, set, name, value]) =>
    Number.isFinite(Number(value)) ? [[`${set}:${name}`, Number(value)] as const] : [],
  );
  return { round: Number(round) + 1, metrics: Object.fromEntries(metrics) };
}

/** Every round in the lines of an XGBoost log. */
export const roundsIn = (lines: readonly string[]): BoostingProgress[] =>
  lines.flatMap((line) => readRound(line) ?? []);

/** The newest round in the lines of an XGBoost log; undefined when there is none. */
export function lastRound(lines: readonly string[]): BoostingProgress | undefined {
  return readRound(lines.findLast((line) => roundLine.test(line)) ?? '');
}
