import { z } from 'zod';
import type { Labels, Scores } from './metrics.ts';
import { solvePositive } from './solve.ts';

/** Turns a model's probabilities into ones that hold: of payments given 0.3, three in ten are frauds. JSON, kept beside the model. */
export const calibrationShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  /** logistic(a * log odds + b) */
  z.object({ kind: z.literal('platt'), a: z.number(), b: z.number() }),
  /** Steps joined by lines; flat beyond both ends. */
  z.object({ kind: z.literal('isotonic'), from: z.array(z.number()), to: z.array(z.number()) }),
]);
export type Calibration = z.output<typeof calibrationShape>;

const LEAST = 1e-12;
const logOdds = (probability: number): number => {
  const inside = Math.min(1 - LEAST, Math.max(LEAST, probability));
  return Math.log(inside / (1 - inside));
};

/** Calibrated probabilities; never changes the order of two rows, but may make them equal. */
export function calibrate(calibration: Calibration, probabilities: Float64Array): Float64Array {
  if (calibration.kind === 'none') return probabilities;
  if (calibration.kind === 'platt') {
    const { a, b } = calibration;
    return probabilities.map((p) => 1 / (1 + Math.exp(-(a * logOdds(p) + b))));
  }
  const { from, to } = calibration;
  return probabilities.map((p) => interpolate(from, to, p));
}

function interpolate(from: readonly number[], to: readonly number[], value: number): number {
  if (value <= from[0]!) return to[0]!;
  const last = from.length - 1;
  if (value >= from[last]!) return to[last]!;
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (from[middle]! <= value) low = middle;
    else high = middle;
  }
  const share = (value - from[low]!) / (from[high]! - from[low]!);
  return to[low]! + share * (to[high]! - to[low]!);
}

/** Two parameters, so it fits on few positives. Labels are pulled towards the middle, as Platt did against overfitting. */
export function fitPlatt(probabilities: Scores, labels: Labels): Calibration {
  let positives = 0;
  for (let i = 0; i < labels.length; i++) positives += labels[i]!;
  const high = (positives + 1) / (positives + 2);
  const low = 1 / (labels.length - positives + 2);
  let a = 1;
  let b = 0;
  for (let step = 0; step < 100; step++) {
    const gradient = new Float64Array(2);
    const hessian = [new Float64Array(2), new Float64Array(2)];
    for (let i = 0; i < labels.length; i++) {
      const score = logOdds(probabilities[i]!);
      const fitted = 1 / (1 + Math.exp(-(a * score + b)));
      const off = fitted - (labels[i] === 1 ? high : low);
      const curve = fitted * (1 - fitted);
      gradient[0]! += off * score;
      gradient[1]! += off;
      hessian[0]![0]! += curve * score * score;
      hessian[1]![0]! += curve * score;
      hessian[1]![1]! += curve;
    }
    hessian[0]![0]! += LEAST;
    hessian[1]![1]! += LEAST;
    const [da, db] = solvePositive(hessian, gradient) as unknown as [number, number];
    a -= da;
    b -= db;
    if (Math.abs(da) + Math.abs(db) < 1e-10) break;
  }
  // A model that orders rows the wrong way is not to be turned around by its calibration.
  return { kind: 'platt', a: Math.max(a, 0), b };
}

/** The rising step function nearest to the labels (pool adjacent violators). Wants hundreds of positives. */
export function fitIsotonic(probabilities: Scores, labels: Labels): Calibration {
  const order = Array.from({ length: labels.length }, (_, i) => i).sort(
    (i, j) => probabilities[i]! - probabilities[j]!,
  );
  interface Pool {
    low: number;
    high: number;
    sum: number;
    rows: number;
  }
  const pools: Pool[] = [];
  for (let at = 0; at < order.length; ) {
    const value = probabilities[order[at]!]!;
    const pool: Pool = { low: value, high: value, sum: 0, rows: 0 };
    for (; at < order.length && probabilities[order[at]!] === value; at++) {
      pool.sum += labels[order[at]!]!;
      pool.rows += 1;
    }
    while (pools.length > 0 && pools.at(-1)!.sum * pool.rows >= pool.sum * pools.at(-1)!.rows) {
      const before = pools.pop()!;
      pool.low = before.low;
      pool.sum += before.sum;
      pool.rows += before.rows;
    }
    pools.push(pool);
  }
  const from: number[] = [];
  const to: number[] = [];
  for (const { low, high, sum, rows } of pools) {
    from.push(low);
    to.push(sum / rows);
    if (high > low) {
      from.push(high);
      to.push(sum / rows);
    }
  }
  return { kind: 'isotonic', from, to };
}

/** Below so many positives steps follow chance. */
const POSITIVES_FOR_STEPS = 200;

/** What the number of positives allows: two parameters, or steps. */
export function fitCalibration(probabilities: Scores, labels: Labels): Calibration {
  let positives = 0;
  for (let i = 0; i < labels.length; i++) positives += labels[i]!;
  return positives < POSITIVES_FOR_STEPS ? fitPlatt(probabilities, labels) : fitIsotonic(probabilities, labels);
}

export interface ReliabilityBin {
  readonly rows: number;
  /** Mean probability given, and share of positives found. */
  readonly expected: number;
  readonly observed: number;
}

/** Equally filled bins by probability. */
export function reliability(probabilities: Scores, labels: Labels, bins = 10): ReliabilityBin[] {
  const order = Array.from({ length: labels.length }, (_, i) => i).sort(
    (i, j) => probabilities[i]! - probabilities[j]! || i - j,
  );
  return Array.from({ length: Math.min(bins, order.length) }, (_, bin) => {
    const own = order.slice(Math.floor((bin * order.length) / bins), Math.floor(((bin + 1) * order.length) / bins));
    const mean = (values: ArrayLike<number>) => own.reduce((sum, i) => sum + values[i]!, 0) / own.length;
    return { rows: own.length, expected: mean(probabilities), observed: mean(labels) };
  });
}

/** Mean distance of given and found over the bins, by their rows (expected calibration error). */
export function calibrationError(probabilities: Scores, labels: Labels, bins = 10): number {
  const parts = reliability(probabilities, labels, bins);
  return parts.reduce((sum, p) => sum + (p.rows / labels.length) * Math.abs(p.expected - p.observed), 0);
}
