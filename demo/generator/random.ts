/** 32-bit mixer, a bijection of its argument. */
export function scramble(word: number): number {
  let h = word >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** One unsigned 32-bit integer of the given words: for a single draw, where a whole `Random` would cost too much. */
export function hashOf(seed: number, stream: number, x: number, y: number): number {
  const first = scramble(seed ^ 0x2c1b3c6d) ^ Math.imul(stream + 1, 0x632be5ab);
  return scramble(scramble(first ^ scramble(x)) ^ scramble(y ^ 0x2545f491));
}

/** The same as a number in [0, 1). */
export function fractionOf(seed: number, stream: number, x: number, y: number): number {
  return hashOf(seed, stream, x, y) / 4_294_967_296;
}

/**
 * Random numbers that depend on the given words only (sfc32), so that any row can be made again without making the ones before it.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number, stream: number, x: number, y: number) {
    this.a = scramble(seed ^ 0x9e3779b9);
    this.b = scramble(this.a ^ Math.imul(stream + 1, 0x632be5ab) ^ scramble(x));
    this.c = scramble(this.b ^ scramble(y ^ 0x2545f491));
    for (let round = 0; round < 8; round++) this.word();
  }

  /** An unsigned 32-bit integer. */
  word(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** A number in [0, 1). */
  fraction(): number {
    return this.word() / 4_294_967_296;
  }

  /** An integer in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex32(word: number): string {
  return HEX[word >>> 24]! + HEX[(word >>> 16) & 255]! + HEX[(word >>> 8) & 255]! + HEX[word & 255]!;
}

/**
 * A version 4 uuid of (stream, x, y). Unique by construction for stream < 64, x < 2^26, y < 2^32: its first and last words are bijections of
 * them; random words alone would repeat among the millions of rows of a large day.
 */
export function uuidOf(seed: number, stream: number, x: number, y: number): string {
  const first = hex32(scramble(y ^ scramble(seed ^ stream)));
  const last = hex32(scramble((x * 64 + stream) ^ scramble(seed ^ 0x51ed270b)));
  const middle = hex32(scramble(seed ^ Math.imul(y, 0x27d4eb2f) ^ Math.imul(x + 1, 0x165667b1)));
  const variant = '89ab'[scramble(y + x) & 3]!;
  const rest = hex32(scramble(seed ^ y ^ Math.imul(x, 0x9e3779b1) ^ (stream << 26)));
  return `${first}-${middle.slice(0, 4)}-4${middle.slice(4, 7)}-${variant}${rest.slice(0, 3)}-${rest.slice(4, 8)}${last}`;
}
