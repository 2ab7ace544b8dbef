/** The keys of one bucket in S3's order, that of their UTF-8 bytes. */
export class KeyIndex {
  readonly #keys: string[];

  constructor(keys: Iterable<string> = []) {
    this.#keys = [...keys].sort(compareUtf8);
  }

  get size(): number {
    return this.#keys.length;
  }

  add(key: string): void {
    const at = this.#lowerBound(key);
    if (this.#keys[at] !== key) this.#keys.splice(at, 0, key);
  }

  delete(key: string): void {
    const at = this.#lowerBound(key);
    if (this.#keys[at] === key) this.#keys.splice(at, 1);
  }

  *withPrefix(prefix: string): Generator<string> {
    for (let at = this.#lowerBound(prefix); this.#keys[at]?.startsWith(prefix); at++) yield this.#keys[at] as string;
  }

  /**
   * One page of a listing: at most `limit` keys and common prefixes together, the first one greater than `after`. `last` is what to pass as
   * `after` for the next page; it is missing when there is none.
   */
  page(
    prefix: string,
    delimiter: string,
    after: string,
    limit: number,
  ): { keys: string[]; prefixes: string[]; last?: string } {
    const keys: string[] = [];
    const prefixes: string[] = [];
    let last = '';
    let at = this.#lowerBound(compareUtf8(after, prefix) > 0 ? after : prefix);
    if (this.#keys[at] === after && after !== '') at++;
    while (this.#keys[at]?.startsWith(prefix)) {
      const key = this.#keys[at] as string;
      const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      const group = cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
      if (group === undefined || group !== after) {
        if (keys.length + prefixes.length === limit) return limit === 0 ? { keys, prefixes } : { keys, prefixes, last };
        if (group === undefined) keys.push(key);
        else prefixes.push(group);
        last = group ?? key;
      }
      at = group === undefined ? at + 1 : this.#endOf(group, at);
    }
    return { keys, prefixes };
  }

  /** Keys with the same beginning stand together, so a whole group is skipped in a few steps however large it is. */
  #endOf(group: string, from: number): number {
    return this.#search(from, (key) => !key.startsWith(group));
  }

  #lowerBound(key: string): number {
    return this.#search(0, (other) => compareUtf8(other, key) >= 0);
  }

  /** First position at or after `from` where the test holds, given that it holds from there on. */
  #search(from: number, test: (key: string) => boolean): number {
    let low = from;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (test(this.#keys[middle] as string)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** UTF-16 order is UTF-8 order but for one thing: surrogate pairs (U+10000 and up) come after U+E000-U+FFFF. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

const rank = (unit: number) => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);
