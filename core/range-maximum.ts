/** Where the greatest of a range of numbers is, in constant time after one pass (a sparse table). */
export class RangeMaximum {
  readonly #values: readonly number[];
  /** Level k holds, for each i, the index of the greatest of the 2^k values from i on. */
  readonly #levels: Int32Array[];

  constructor(values: readonly number[]) {
    this.#values = values;
    this.#levels = [Int32Array.from(values.keys())];
    for (let width = 2; width <= values.length; width *= 2) {
      const below = this.#levels.at(-1)!;
      const level = new Int32Array(values.length - width + 1);
      for (let i = 0; i < level.length; i++) level[i] = this.#greater(below[i]!, below[i + width / 2]!);
      this.#levels.push(level);
    }
  }

  /** Index of the greatest of values[from, to); the range must not be empty. */
  indexIn(from: number, to: number): number {
    const k = 31 - Math.clz32(to - from);
    const level = this.#levels[k]!;
    return this.#greater(level[from]!, level[to - 2 ** k]!);
  }

  #greater(a: number, b: number): number {
    return this.#values[b]! > this.#values[a]! ? b : a;
  }
}
