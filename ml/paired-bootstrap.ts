import { setImmediate } from 'node:timers/promises';
import type { Labels, Scores } from './metrics.ts';
import { Prng } from './prng.ts';

export interface BootstrapInput {
  readonly champion: Scores;
  readonly challenger: Scores;
  readonly labels: Labels;
  /** Number of the cluster of each row, from 0: rows of one customer come and go together. */
  readonly clusters: ArrayLike<number>;
  readonly samples: number;
  readonly seed: number;
}

export interface BootstrapResult {
  /** Average precision of the challenger less the champion's, on all rows. */
  readonly gain: number;
  /** Bounds that hold 95 % of the samples' gains. */
  readonly low: number;
  readonly high: number;
  /** Share of the samples in which the gain is above `least`. */
  shareAbove(least: number): number;
}

/** Then other work has a turn: a sample of a million rows takes tens of milliseconds, and heartbeats must go on. */
const SAMPLES_AT_ONCE = 10;

/** Rows by falling score; rows of one score are one group. */
interface Ranking {
  readonly order: Int32Array;
  /** Last place of each group, plus one. */
  readonly ends: Int32Array;
}

/**
 * How sure is it that one model ranks better than another on rows like these? Whole clusters are drawn with replacement,
 * the same for both models: what they share cancels out, and a customer with a hundred payments is one draw, not a hundred.
 */
export async function pairedBootstrap(input: BootstrapInput): Promise<BootstrapResult> {
  const { champion, challenger, labels, clusters, samples, seed } = input;
  let count = 0;
  for (let i = 0; i < clusters.length; i++) count = Math.max(count, clusters[i]! + 1);
  const rankings = [ranking(champion), ranking(challenger)] as const;
  const prng = new Prng(seed);
  const weights = new Int32Array(count).fill(1);
  const gainOf = () => {
    const [a, b] = rankings.map((r) => weightedAveragePrecision(r, labels, clusters, weights));
    return b! - a!;
  };
  const gain = gainOf();
  const gains: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    if (sample % SAMPLES_AT_ONCE === 0) await setImmediate();
    weights.fill(0);
    for (let i = 0; i < count; i++) weights[prng.below(count)]! += 1;
    const drawn = gainOf();
    // A draw without a positive says nothing.
    if (!Number.isNaN(drawn)) gains.push(drawn);
  }
  gains.sort((a, b) => a - b);
  const at = (share: number) => gains[Math.min(gains.length - 1, Math.floor(share * gains.length))] ?? Number.NaN;
  return {
    gain,
    low: at(0.025),
    high: at(0.975),
    shareAbove: (least) => gains.filter((g) => g > least).length / Math.max(1, gains.length),
  };
}

function ranking(scores: Scores): Ranking {
  const order = Int32Array.from({ length: scores.length }, (_, i) => i).sort((i, j) => scores[j]! - scores[i]!);
  const ends: number[] = [];
  for (let i = 1; i <= order.length; i++) {
    if (i === order.length || scores[order[i]!] !== scores[order[i - 1]!]) ends.push(i);
  }
  return { order, ends: Int32Array.from(ends) };
}

function weightedAveragePrecision(
  { order, ends }: Ranking,
  labels: Labels,
  clusters: ArrayLike<number>,
  weights: Int32Array,
): number {
  let positives = 0;
  let all = 0;
  let sum = 0;
  let place = 0;
  for (const end of ends) {
    let here = 0;
    for (; place < end; place++) {
      const row = order[place]!;
      const weight = weights[clusters[row]!]!;
      all += weight;
      if (labels[row] === 1) here += weight;
    }
    positives += here;
    if (here > 0) sum += (here * positives) / all;
  }
  return sum / positives;
}
