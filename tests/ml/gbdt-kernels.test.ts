import { expect, test } from 'vitest';
import { compileKernels } from '../../ml/gbdt/kernels/kernels.ts';
import { newMemory, take } from '../../ml/gbdt/kernels/shared-memory.ts';
import { Prng } from '../../ml/prng.ts';

const ROWS = 5_000;
const prng = new Prng(5);
const below = (bound: number) => prng.below(bound);

/** As many features as given, each with its own number of bins, and rows in an order of their own. */
function tableOf(features: number) {
  const memory = newMemory();
  const bins = Array.from({ length: features }, () => 1 + below(700));
  const offsets = bins.map((_, i) => 2 * bins.slice(0, i).reduce((sum, n) => sum + n, 0));
  const length = 2 * bins.reduce((sum, n) => sum + n, 0);
  const block = take(memory, Uint16Array, ROWS * features);
  for (let i = 0; i < block.length; i++) block[i] = below(bins[i % features]!);
  const gradients = take(memory, Float32Array, 2 * ROWS);
  for (let i = 0; i < gradients.length; i++) gradients[i] = prng.next() - 0.5;
  const order = take(memory, Int32Array, ROWS);
  for (let i = 0; i < ROWS; i++) order[i] = (i * 1_999) % ROWS;
  const sums = take(memory, Float64Array, length);
  return { memory, features, offsets, block, gradients, order, sums, kernels: compileKernels(memory, offsets) };
}

for (const features of [1, 15, 300]) {
  test(`histograms of ${features} features are what plain sums give, to the bit`, () => {
    const { memory, offsets, block, gradients, order, sums, kernels } = tableOf(features);
    const [from, to] = [sums.byteOffset, sums.byteOffset + sums.byteLength];
    const rows = (begin: number, end: number) =>
      [order.byteOffset + 4 * begin, order.byteOffset + 4 * end, gradients.byteOffset, block.byteOffset, from] as const;
    const plain = (begin: number, end: number, sign: number, expected: Float64Array) => {
      for (const row of order.subarray(begin, end)) {
        for (const [i, offset] of offsets.entries()) {
          const at = offset + 2 * block[row * features + i]!;
          expected[at]! += sign * gradients[2 * row]!;
          expected[at + 1]! += sign * gradients[2 * row + 1]!;
        }
      }
      return expected;
    };
    sums.fill(7);
    kernels.clear(from, to);
    expect(sums.every((sum) => sum === 0)).toBe(true);
    kernels.addRows(...rows(100, 4_000));
    const expected = plain(100, 4_000, 1, new Float64Array(sums.length));
    expect(Buffer.compare(Buffer.from(sums.slice().buffer), Buffer.from(expected.buffer))).toBe(0);
    kernels.removeRows(...rows(200, 300));
    plain(200, 300, -1, expected);
    expect(Buffer.compare(Buffer.from(sums.slice().buffer), Buffer.from(expected.buffer))).toBe(0);
    const other = take(memory, Float64Array, sums.length);
    for (let i = 0; i < other.length; i++) other[i] = prng.next();
    kernels.subtract(from, to, other.byteOffset);
    expect(sums.every((sum, i) => sum === expected[i]! - other[i]!)).toBe(true);
  });
}

test('rows are parted into left and right ones, each in their order, and others left alone', () => {
  const { memory, block, order, kernels } = tableOf(1);
  const scratch = take(memory, Int32Array, ROWS);
  const goesLeft = take(memory, Uint8Array, 700);
  for (const share of [0, 0.02, 0.5, 1]) {
    for (let bin = 0; bin < 700; bin++) goesLeft[bin] = Number(prng.next() < share);
    const before = order.slice();
    const [begin, end] = [10 + below(100), ROWS - below(100)];
    const at = (place: number) => order.byteOffset + 4 * place;
    const left = kernels.partRows(at(begin), at(end), block.byteOffset, goesLeft.byteOffset, scratch.byteOffset);
    const mine = before.subarray(begin, end);
    const goes = (row: number) => goesLeft[block[row]!] === 1;
    const [lefts, rights] = [mine.filter(goes), mine.filter((row) => !goes(row))];
    expect(left).toBe(at(begin + lefts.length));
    expect(order).toEqual(
      Int32Array.from([...before.subarray(0, begin), ...lefts, ...rights, ...before.subarray(end)]),
    );
  }
});

test('a memory that is full says what would fit', () => {
  expect(() => take(newMemory(), Float64Array, 2 ** 29)).toThrow(
    expect.objectContaining({ code: 'bad_input', message: expect.stringContaining('4 GiB') }),
  );
});
