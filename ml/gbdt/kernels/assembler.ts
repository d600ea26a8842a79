/**
 * The few WebAssembly instructions that the kernels need, as functions of their operands, and the frame of a module: so the
 * kernels are built where they run, without a compiler. Numbers in hexadecimal are the specification's
 * (https://webassembly.github.io/spec/core/binary/).
 */
export type Code = readonly number[];

const TYPES = { i32: 0x7f, v128: 0x7b } as const;
export type ValueType = keyof typeof TYPES;

export interface WasmFunction {
  readonly name: string;
  /** All of them i32. */
  readonly params: number;
  readonly result: boolean;
  /** Local variables after the parameters. */
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}
function signed(value: number): number[] {
  const last = value >= -0x40 && value < 0x40;
  return last ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

const simd = (operation: number): number[] => [0xfd, ...unsigned(operation)];
const binary =
  (...operation: number[]) =>
  (a: Code, b: Code): Code => [...a, ...b, ...operation];
/** Its first number after the operation is the alignment it may count on, as a power of two. */
const load =
  (align: number, ...operation: number[]) =>
  (address: Code, offset = 0): Code => [...address, ...operation, align, ...unsigned(offset)];
const store =
  (align: number, ...operation: number[]) =>
  (address: Code, value: Code, offset = 0): Code => [...address, ...value, ...operation, align, ...unsigned(offset)];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const i32 = (value: number): Code => [0x41, ...signed(value)];
export const add = binary(0x6a);
export const subtract = binary(0x6b);
export const multiply = binary(0x6c);
export const shiftLeft = binary(0x74);
export const below = binary(0x49);
export const load8 = load(0, 0x2d);
export const load16 = load(1, 0x2f);
export const load32 = load(2, 0x28);
export const store32 = store(2, 0x36);
/** Two 64-bit numbers at once. */
export const loadPair = load(3, ...simd(0x00));
export const storePair = store(3, ...simd(0x0b));
export const addPair = binary(...simd(0xf0));
export const subtractPair = binary(...simd(0xf1));
/** Two 32-bit numbers, widened to 64 bits. */
export const loadSmallPair = (address: Code): Code => [...load(3, ...simd(0x5d))(address), ...simd(0x5f)];
export const fillBytes = (to: Code, value: Code, count: Code): Code => [...to, ...value, ...count, 0xfc, 0x0b, 0];
/** Where they overlap too. */
export const copyBytes = (to: Code, from: Code, count: Code): Code => [...to, ...from, ...count, 0xfc, 0x0a, 0, 0];
/** Runs the body as long as the condition holds, which is looked at before each time. */
export const loopWhile = (condition: Code, body: Code): Code => [
  ...[0x02, 0x40, 0x03, 0x40],
  ...[...condition, 0x45, 0x0d, 1],
  ...[...body, 0x0c, 0],
  ...[0x0b, 0x0b],
];

const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const text = (value: string): Code => list([...Buffer.from(value)].map((byte) => [byte]));
const section = (id: number, items: readonly Code[]): Code => {
  const body = list(items);
  return [id, ...unsigned(body.length), ...body];
};

/** Pages of the largest memory, 64 KiB each: just under 4 GiB, so that every end is an address too. */
export const MOST_PAGES = 0xffff;

/** A module that exports the functions and works on the memory that it is given as `{ shared: { memory } }`. */
export function moduleOf(functions: readonly WasmFunction[]): Uint8Array {
  const types = functions.map(({ params, result }) => [
    0x60,
    ...list(Array.from({ length: params }, () => [TYPES.i32])),
    ...list(result ? [[TYPES.i32]] : []),
  ]);
  const bodies = functions.map(({ locals, body }) => {
    const code = [...list(locals.map((type) => [1, TYPES[type]])), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  const memory = [...text('shared'), ...text('memory'), 0x02, 0x03, 1, ...unsigned(MOST_PAGES)];
  const numbered = functions.map((_, i) => unsigned(i));
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, types),
    ...section(2, [memory]),
    ...section(3, numbered),
    ...section(
      7,
      functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]),
    ),
    ...section(10, bodies),
  ]);
}
