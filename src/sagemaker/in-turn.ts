/** Things asked for at the same time. */
const inFlight = 25;

/** Reads things one after the other, some at a time, in the order of their ids: however many there are, AWS is not asked for all at once. */
export async function* inTurn<Id, Item>(
  ids: readonly Id[],
  read: (id: Id) => Item | Promise<Item>,
): AsyncGenerator<readonly [id: Id, item: Item]> {
  for (let start = 0; start < ids.length; start += inFlight) {
    const batch = ids.slice(start, start + inFlight);
    yield* await Promise.all(batch.map(async (id) => [id, await read(id)] as const));
  }
}
