/**
 * Seeded random numbers (SplitMix32): the same on every machine, with any number of threads.
 * Good enough to draw rows and features; not for secrets.
 */
export class Prng {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 0x1_0000_0000;
  }

  /** From 0 up to, not including, `bound`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** `count` of the numbers below `total`, each at most once, ascending. */
  sample(total: number, count: number): Int32Array {
    const picked = new Int32Array(count);
    let found = 0;
    for (let i = 0; i < total && found < count; i++) {
      if (this.next() * (total - i) < count - found) picked[found++] = i;
    }
    return picked;
  }
}
