import {
  add,
  addPair,
  below,
  type Code,
  copyBytes,
  fillBytes,
  get,
  i32,
  load8,
  load16,
  load32,
  loadPair,
  loadSmallPair,
  loopWhile,
  moduleOf,
  multiply,
  set,
  shiftLeft,
  store32,
  storePair,
  subtract,
  subtractPair,
  type WasmFunction,
} from './assembler.ts';
import { Instance, Module, type WasmMemory } from './shared-memory.ts';

/** The innermost loops of a training, over one shared memory: all parameters are addresses there. */
export interface Kernels {
  /** A histogram without rows. */
  clear(sums: number, sumsEnd: number): void;
  /** Takes one histogram from another. */
  subtract(sums: number, sumsEnd: number, other: number): void;
  /** Adds the rows `order..orderEnd` to a histogram. */
  addRows(order: number, orderEnd: number, gradients: number, block: number, sums: number): void;
  /** Takes them away. */
  removeRows(order: number, orderEnd: number, gradients: number, block: number, sums: number): void;
  /** Rows whose bin goes left stay at `order`, the others follow, each in their order. @returns where the left ones end */
  partRows(order: number, orderEnd: number, bins: number, goesLeft: number, scratch: number): number;
}

/**
 * Why not TypeScript: it is five times slower there, where each of a bin's two sums has its own load, check and store.
 * @param offsets where each feature begins in a histogram, in numbers
 */
export function compileKernels(memory: WasmMemory, offsets: ArrayLike<number>): Kernels {
  const functions = [
    clear,
    subtractAll,
    sumRows('addRows', addPair, offsets),
    sumRows('removeRows', subtractPair, offsets),
    partRows,
  ];
  const instance = new Instance(new Module(moduleOf(functions)), { shared: { memory } });
  return instance.exports as Kernels;
}

const clear: WasmFunction = {
  name: 'clear',
  params: 2,
  result: false,
  locals: [],
  body: fillBytes(get(0), i32(0), subtract(get(1), get(0))),
};

const subtractAll: WasmFunction = (() => {
  const [sums, end, other] = [0, 1, 2] as const;
  const body = loopWhile(below(get(sums), get(end)), [
    ...storePair(get(sums), subtractPair(loadPair(get(sums)), loadPair(get(other)))),
    ...set(sums, add(get(sums), i32(16))),
    ...set(other, add(get(other), i32(16))),
  ]);
  return { name: 'subtract', params: 3, result: false, locals: [], body };
})();

/** Written out for every feature of the thread, whose offset so is part of the instruction. */
function sumRows(name: string, sum: (a: Code, b: Code) => Code, offsets: ArrayLike<number>): WasmFunction {
  const [order, end, gradients, block, sums, row, bin, pair] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  const rowBytes = 2 * offsets.length;
  const features = Array.from(offsets, (offset, i) => [
    ...set(bin, add(get(sums), shiftLeft(load16(get(row), 2 * i), i32(4)))),
    ...storePair(get(bin), sum(loadPair(get(bin), 8 * offset), get(pair)), 8 * offset),
  ]);
  const body = loopWhile(below(get(order), get(end)), [
    ...set(row, load32(get(order))),
    ...set(pair, loadSmallPair(add(get(gradients), shiftLeft(get(row), i32(3))))),
    ...set(row, add(get(block), multiply(get(row), i32(rowBytes)))),
    ...features.flat(),
    ...set(order, add(get(order), i32(4))),
  ]);
  return { name, params: 5, result: false, locals: ['i32', 'i32', 'v128'], body };
}

/** Without a branch, which would be guessed wrong every other time: each row is written to both sides, and one of them moves on. */
const partRows: WasmFunction = (() => {
  const [order, end, bins, goesLeft, scratch, left, right, row, isLeft] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
  const body = [
    ...set(left, get(order)),
    ...set(right, get(scratch)),
    ...loopWhile(below(get(order), get(end)), [
      ...set(row, load32(get(order))),
      ...set(isLeft, load8(add(get(goesLeft), load16(add(get(bins), shiftLeft(get(row), i32(1))))))),
      ...store32(get(left), get(row)),
      ...store32(get(right), get(row)),
      ...set(left, add(get(left), shiftLeft(get(isLeft), i32(2)))),
      ...set(right, add(get(right), shiftLeft(subtract(i32(1), get(isLeft)), i32(2)))),
      ...set(order, add(get(order), i32(4))),
    ]),
    ...copyBytes(get(left), get(scratch), subtract(get(right), get(scratch))),
    ...get(left),
  ];
  return { name: 'partRows', params: 5, result: true, locals: ['i32', 'i32', 'i32', 'i32'], body };
})();
