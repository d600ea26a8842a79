import type { ColumnKind, Measures, SideSummary, Verdict } from './drift.types.ts';
import { normalTwoSided } from './incomplete-gamma.ts';
import { kolmogorovTail } from './kolmogorov.ts';

/** A difference between two samples, with what chance can make of it. */
interface Evidence {
  readonly because: Verdict['because'];
  readonly effect: number;
  /** What is to be expected without any difference. */
  readonly byChance: number;
  /** P that chance alone adds this much to a true effect. */
  readonly tail: (excess: number) => number;
  /** What chance adds at most with confidence 1 - alpha. */
  readonly reach: (alpha: number) => number;
}

export type UnadjustedVerdict = Omit<Verdict, 'says' | 'adjustedP'>;

/** Nothing can be said: everything is possible. */
export const UNDECIDED: UnadjustedVerdict = { effect: 0, atLeast: 0, atMost: 1, because: 'values', pValue: 1 };

/**
 * Tests "less than `leastEffect` of the rows moved" instead of "nothing moved". With a million rows the latter is refused for
 * any trifle, with a hundred never; the former tends to the truth as rows come in, and the bounds say how far it is.
 */
export function judge(
  { kind, reference, current, measures, byChance = 0, shares }: Compared,
  { leastEffect, alpha }: { leastEffect: number; alpha: number },
): UnadjustedVerdict {
  const missing = shareEvidence(reference, current);
  if (!measures) return verdictOf(missing, leastEffect, alpha, 1);
  const n = reference.rows - reference.missing;
  const m = current.rows - current.missing;
  const values = shares
    ? proportionEvidence(shares, n, m)
    : kind === 'numeric'
      ? distanceEvidence(measures.ks!, n, m)
      : cellEvidence(measures, byChance, n, m);
  const [first, second] = [values, missing].map((evidence) => verdictOf(evidence, leastEffect, alpha, 2));
  return second!.pValue < first!.pValue ? second! : first!;
}

export interface Compared {
  readonly kind: ColumnKind;
  readonly reference: SideSummary;
  readonly current: SideSummary;
  /** Not there where a side has no values. */
  readonly measures?: Measures;
  /** What of the total variation is to be expected from chance. */
  readonly byChance?: number;
  /** Of a column with two values: how often the first occurs on each side. */
  readonly shares?: readonly [number, number];
}

/** @param looks how many kinds of evidence are tried for this column: the price of choosing the better (Bonferroni) */
function verdictOf(evidence: Evidence, leastEffect: number, alpha: number, looks: number): UnadjustedVerdict {
  const { effect, byChance, because } = evidence;
  const excess = effect - byChance - leastEffect;
  const reach = evidence.reach(alpha / looks);
  return {
    because,
    effect,
    atLeast: Math.max(0, effect - byChance - reach),
    atMost: Math.min(1, effect + reach),
    pValue: excess > 0 ? Math.min(1, looks * evidence.tail(excess)) : 1,
  };
}

/** The observed distance is off by at most the greatest deviation of the two distribution functions from the true ones. */
function distanceEvidence(ks: number, n: number, m: number): Evidence {
  const size = Math.max(1, Math.round((n * m) / (n + m)));
  return {
    because: 'values',
    effect: ks,
    byChance: 0,
    tail: (excess) => kolmogorovTail(size, excess),
    reach: (alpha) => Math.sqrt(-Math.log(alpha / 2) / 2) * Math.sqrt(1 / n + 1 / m),
  };
}

/** Total variation: one row changes it by 1/n at most, so McDiarmid's bound holds around its mean, which chance lifts. */
function cellEvidence(measures: Measures, byChance: number, n: number, m: number): Evidence {
  return { because: 'values', effect: measures.totalVariation, byChance, ...boundedDifferences(n, m) };
}

/** Two values: the normal approximation knows that a rare share varies little, which the bounds for any cells do not. */
function proportionEvidence([p, q]: readonly [number, number], n: number, m: number): Evidence {
  const variance = (share: number, rows: number) => {
    const shrunk = (share * rows + 1) / (rows + 2);
    return (shrunk * (1 - shrunk)) / rows;
  };
  const error = Math.sqrt(variance(p, n) + variance(q, m));
  return {
    because: 'values',
    effect: Math.abs(p - q),
    byChance: 0,
    tail: (excess) => normalTwoSided(excess / error) / 2,
    reach: (alpha) => error * normalQuantile(alpha),
  };
}

/** z with P(Z > z) = alpha, for alpha below a half. */
function normalQuantile(alpha: number): number {
  let [low, high] = [0, 40];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalTwoSided(middle) / 2 > alpha) low = middle;
    else high = middle;
  }
  return high;
}

function shareEvidence(reference: SideSummary, current: SideSummary): Evidence {
  const effect = Math.abs(current.missing / current.rows - reference.missing / reference.rows);
  return { because: 'missing', effect, byChance: 0, ...boundedDifferences(reference.rows, current.rows) };
}

function boundedDifferences(n: number, m: number): Pick<Evidence, 'tail' | 'reach'> {
  const spread = 1 / n + 1 / m;
  return {
    tail: (excess) => Math.exp((-2 * excess * excess) / spread),
    reach: (alpha) => Math.sqrt((Math.log(1 / alpha) * spread) / 2),
  };
}
