/** A seeded source of uniform numbers in [0, 1): sfc32 (Chris Doty-Humphrey's PractRand), fast and well tested. */
export function createRandom(seed: number): () => number {
  // In a typed array, since integers of 32 bits in a closure's variables would each be allocated anew.
  const state = Int32Array.of(0, seed, Math.floor(seed / 2 ** 32), 1);
  const next = (): number => {
    const b = state[1] as number;
    const c = state[2] as number;
    const counter = state[3] as number;
    const sum = ((state[0] as number) + b + counter) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    state[3] = counter + 1;
    return (sum >>> 0) / 2 ** 32;
  };
  // Until a small seed has reached every bit of the state.
  for (let i = 0; i < 20; i++) next();
  return next;
}

/** Draws `max(1, floor(fraction × size))` of the items without replacement, in ascending order, as XGBoost's ColumnSampler. */
export function sampleItems(items: Int32Array, fraction: number, random: () => number): Int32Array {
  if (fraction >= 1 || items.length === 0) return items;
  const count = Math.max(1, Math.floor(fraction * items.length));
  const drawn = items.slice();
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (drawn.length - i));
    const swapped = drawn[i] as number;
    drawn[i] = drawn[j] as number;
    drawn[j] = swapped;
  }
  return drawn.subarray(0, count).sort();
}
