/** Rounds for the compiler: a server of much code needs tens of thousands of requests until it runs as it will from then on. */
const usualWarmUps = 3;

/**
 * Runs every contestant once a round, in turn, so that all of them see the same noise of the machine. The first rounds warm them up and do
 * not count; every other round goes the other way round.
 */
export async function interleave<Name extends string, Result>(
  rounds: number,
  contestants: Readonly<Record<Name, () => Promise<Result>>>,
  warmUps = usualWarmUps,
): Promise<Record<Name, Result[]>> {
  const names = Object.keys(contestants) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Record<Name, Result[]>;
  for (let round = 1 - warmUps; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const result = await contestants[name]();
      if (round > 0) results[name].push(result);
    }
  }
  return results;
}

/**
 * The same over several starts of the contestants: two processes of one program differ by up to an eighth, for as long as they live, by what the
 * compiler and the memory made of them.
 */
export async function overStarts<Name extends string, Result>(
  starts: number,
  measure: () => Promise<Record<Name, Result[]>>,
): Promise<Record<Name, Result[]>> {
  const all = await measure();
  for (let start = 1; start < starts; start += 1) {
    const more = await measure();
    for (const name of Object.keys(more) as Name[]) all[name].push(...more[name]);
  }
  return all;
}
