import type { Dataset } from './dataset.ts';

/**
 * Which partitions of an input a partition of the output is made from.
 * - `aligned`: the same interval, or the intervals it contains (day -> month); for unpartitioned data, everything.
 * - `window`: those, and `before` (a duration) ahead of them.
 * - `all`: every partition.
 * - `asOf`: the input's row with the output row's key, valid at the output row's time.
 * - `lookup`: read, but nothing becomes stale when it moves: frozen at write.
 */
export type Mapping =
  | { readonly kind: 'aligned' }
  | { readonly kind: 'window'; readonly before: string }
  | { readonly kind: 'all' }
  | {
      readonly kind: 'asOf';
      readonly on: Readonly<Record<string, string>>;
      readonly at: string;
      readonly validFrom: string;
    }
  | { readonly kind: 'lookup' };

export interface Input {
  readonly dataset: Dataset;
  readonly mapping: Mapping;
}

/** The ways to name an input; a bare dataset means `aligned`. */
export interface InputBuilders {
  window(before: string): Input;
  all(): Input;
  /**
   * @param on input column -> output column that hold the same key
   * @param at output column with the moment (or day) that decides which version is valid
   * @param validFrom input column from which a row is valid, until the next row of the same key
   */
  asOf(options: { on: Record<string, string>; at: string; validFrom: string }): Input;
  lookup(): Input;
}

export function inputBuilders(dataset: () => Dataset): InputBuilders {
  return {
    window: (before) => ({ dataset: dataset(), mapping: { kind: 'window', before } }),
    all: () => ({ dataset: dataset(), mapping: { kind: 'all' } }),
    asOf: (options) => ({ dataset: dataset(), mapping: { kind: 'asOf', ...options } }),
    lookup: () => ({ dataset: dataset(), mapping: { kind: 'lookup' } }),
  };
}
