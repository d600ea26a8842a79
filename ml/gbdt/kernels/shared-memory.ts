import { StrataError } from '../../../core/errors.ts';
import { MOST_PAGES } from './assembler.ts';

/** The part of JavaScript's WebAssembly that is used here; Node's types leave it out. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
  /** @returns pages before; safe from several threads */
  grow(pages: number): number;
}
interface WebAssemblyApi {
  Memory: new (size: { initial: number; maximum: number; shared: true }) => WasmMemory;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
}
export const { Memory, Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

const PAGE = 65_536;

export const newMemory = (): WasmMemory => new Memory({ initial: 1, maximum: MOST_PAGES, shared: true });

interface Numbers<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: SharedArrayBuffer, begin: number, length: number): T;
}

/** Zeros at the end of the memory. What is not touched takes no room. @throws bad_input when the memory is full */
export function take<T>(memory: WasmMemory, type: Numbers<T>, length: number): T {
  const bytes = Math.max(1, length) * type.BYTES_PER_ELEMENT;
  let before: number;
  try {
    before = memory.grow(Math.ceil(bytes / PAGE));
  } catch (cause) {
    throw new StrataError('bad_input', 'The training set is too large: its bins and histograms need more than 4 GiB', {
      hint: 'Train on fewer rows or features; a row takes 16 bytes and 4 per feature.',
      cause,
    });
  }
  return new type(memory.buffer, before * PAGE, length);
}
