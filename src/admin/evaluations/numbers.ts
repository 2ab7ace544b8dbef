/** Numbers of which nobody knows how many will come, 8 bytes each. */
export class Numbers {
  #values = new Float64Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = value;
    this.#length += 1;
  }

  get length(): number {
    return this.#length;
  }

  /** As they came. */
  all(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}
