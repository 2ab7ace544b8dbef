/** A seeded source of uniform numbers in [0, 1): sfc32 (Chris Doty-Humphrey's PractRand), fast and well tested. */
export function createRandom(seed: number): () => number {
  let a = 0;
  let b = seed | 0;
  let c = Math.floor(seed / 2 ** 32) | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
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
