import type { TrainingMemory } from './memory.ts';

interface Holder {
  readonly best: { readonly gain: number };
  slot: number;
}

/** Two children and the parent they come from. */
const LEAST = 3;

/** Hands out room for histograms, so that their memory is bounded whatever the number of leaves. */
export class HistogramSlots {
  readonly #count: number;
  #free: number[] = [];

  constructor({ params, bins, missing }: TrainingMemory) {
    let total = 0;
    for (let i = 0; i < bins.length; i++) total += bins[i]! + missing[i]!;
    const fitting = Math.floor((params.histogramMemory * 1024 * 1024) / (total * 16));
    this.#count = Math.max(LEAST, Math.min(params.leaves + 1, fitting));
  }

  clear(): void {
    this.#free = Array.from({ length: this.#count }, (_, i) => this.#count - 1 - i);
  }

  /** @param holders who could give theirs up; the one that gains least, and so is split last, does */
  take(holders: readonly Holder[]): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const holding = holders.filter((holder) => holder.slot >= 0);
    const loser = holding.reduce((least, other) => (other.best.gain < least.best.gain ? other : least));
    const { slot } = loser;
    loser.slot = -1;
    return slot;
  }

  free(slot: number): void {
    if (slot >= 0) this.#free.push(slot);
  }
}
