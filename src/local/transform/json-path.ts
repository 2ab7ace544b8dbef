// SageMaker's own dialect of JSONPath, small and unlike RFC 9535: no filters and no descent, `$.a.['b','c']` has a dot before its bracket, several
// names give an object, as in Jayway's library, not a list of values, and what is not there is an error. So no library of either kind fits.
// Source: "Supported JSONPath operators", SageMaker developer guide, batch-transform-data-processing.

type Place = { index: number } | { start?: number; end?: number };
type Step = { names: string[]; several: boolean } | { places: Place[]; several: boolean } | 'each';

/** Picks a part of a JSON value. Throws when the part is not there. */
export type JsonPath = (value: unknown) => unknown;

const token =
  /\.?\[\s*(?<names>'[^']*'(?:\s*,\s*'[^']*')*)\s*\]|\[\s*(?<places>[-\d:,\s]+)\]|\.?\[\s*(?<all>\*)\s*\]|\.(?<every>\*)|\.(?<name>[^.[\]'*?@()\s]+)/y;

/** Compiles an expression. Throws a SyntaxError when it is none. */
export function parseJsonPath(expression: string): JsonPath {
  if (!expression.startsWith('$')) throw new SyntaxError(`Invalid JSONPath: "${expression}" does not start with $`);
  const steps: Step[] = [];
  token.lastIndex = 1;
  while (token.lastIndex < expression.length) {
    const at = token.lastIndex;
    const { groups } = token.exec(expression) ?? {};
    if (!groups)
      throw new SyntaxError(`Invalid JSONPath: "${expression.slice(at)}" in "${expression}" is not supported`);
    steps.push(stepOf(groups, expression));
  }
  return (value) => select(value, steps, expression);
}

function stepOf({ name, names, places }: Record<string, string | undefined>, expression: string): Step {
  if (name !== undefined) return { names: [name], several: false };
  if (names !== undefined) {
    const all = [...names.matchAll(/'([^']*)'/g)].map(([, each = '']) => each);
    return { names: all, several: all.length > 1 };
  }
  if (places === undefined) return 'each';
  const all = places.split(',').map((each): Place => {
    const [, start, colon, end] = /^\s*(-?\d+)?\s*(:)?\s*(-?\d+)?\s*$/.exec(each) ?? [];
    if (colon === ':') return { ...(start && { start: Number(start) }), ...(end && { end: Number(end) }) };
    if (start === undefined || end !== undefined) throw new SyntaxError(`Invalid JSONPath: "${expression}"`);
    return { index: Number(start) };
  });
  return { places: all, several: all.length > 1 || all.some((place) => !('index' in place)) };
}

function select(value: unknown, [step, ...rest]: Step[], expression: string): unknown {
  if (step === undefined) return value;
  const absent = () => new RangeError(`Invalid JSONPath: "${expression}" selects what is not in the data`);
  const next = (each: unknown) => select(each, rest, expression);
  if (step === 'each') {
    if (typeof value !== 'object' || value === null) throw absent();
    return Object.values(value).map(next);
  }
  if ('names' in step) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw absent();
    const members = new Map(Object.entries(value));
    if (step.names.some((name) => !members.has(name))) throw absent();
    if (!step.several) return next(members.get(step.names[0] ?? ''));
    return next(Object.fromEntries(step.names.map((name) => [name, members.get(name)])));
  }
  if (!Array.isArray(value)) throw absent();
  const found = step.places.flatMap((place): unknown[] => {
    if (!('index' in place)) return value.slice(place.start, place.end);
    const index = place.index < 0 ? value.length + place.index : place.index;
    if (!(index in value)) throw absent();
    return [value[index]];
  });
  return step.several ? next(found) : next(found[0]);
}
