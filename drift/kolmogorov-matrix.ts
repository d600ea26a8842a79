/** A matrix as rows in one array, times 10^exponent: its entries leave the range of doubles otherwise. */
interface Scaled {
  readonly values: Float64Array;
  readonly exponent: number;
}

const LIMIT = 1e140;

/** P(D < d), exact: the matrix power of Marsaglia, Tsang and Wang (2003). For small n * d: the matrix has 2 n d rows. */
export function kolmogorovMatrix(n: number, d: number): number {
  const k = Math.floor(n * d) + 1;
  const size = 2 * k - 1;
  const h = k - n * d;
  const { values, exponent } = power({ values: transitions(size, h), exponent: 0 }, n, size);
  let result = values[(k - 1) * size + k - 1]!;
  let shift = exponent;
  for (let i = 1; i <= n; i++) {
    result = (result * i) / n;
    if (result < 1 / LIMIT) {
      result *= LIMIT;
      shift -= 140;
    }
  }
  return result * 10 ** shift;
}

function transitions(size: number, h: number): Float64Array {
  const m = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) m[i * size + j] = i - j + 1 < 0 ? 0 : 1;
  for (let i = 0; i < size; i++) {
    m[i * size]! -= h ** (i + 1);
    m[(size - 1) * size + i]! -= h ** (size - i);
  }
  m[(size - 1) * size]! += 2 * h - 1 > 0 ? (2 * h - 1) ** size : 0;
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) for (let g = 1; g <= i - j + 1; g++) m[i * size + j]! /= g;
  }
  return m;
}

function power(base: Scaled, n: number, size: number): Scaled {
  if (n === 1) return base;
  const half = power(base, Math.floor(n / 2), size);
  const square = times(half, half, size);
  return n % 2 === 0 ? square : times(base, square, size);
}

function times(a: Scaled, b: Scaled, size: number): Scaled {
  const values = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let g = 0; g < size; g++) {
      const factor = a.values[i * size + g]!;
      for (let j = 0; j < size; j++) values[i * size + j]! += factor * b.values[g * size + j]!;
    }
  }
  const middle = (size - 1) / 2;
  const large = values[middle * size + middle]! > LIMIT;
  return {
    values: large ? values.map((value) => value / LIMIT) : values,
    exponent: a.exponent + b.exponent + (large ? 140 : 0),
  };
}
