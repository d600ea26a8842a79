import { StrataError } from '../core/errors.ts';
import type { Labels, Scores } from './metrics.ts';

/** How the score is found from which on a payment is stopped. */
export type ThresholdRule =
  /** Least cost: each fraud let through costs its amount (or 1), each alert `alertCost` in the same unit. */
  | { readonly by: 'cost'; readonly alertCost: number; readonly amounts?: ArrayLike<number> }
  /** Most frauds found with at least this precision. */
  | { readonly by: 'precision'; readonly target: number }
  /** At most so many alerts among the validation rows. */
  | { readonly by: 'alerts'; readonly budget: number };

export interface Alerting {
  readonly alerts: number;
  /** 0 where there are no alerts. */
  readonly precision: number;
  readonly recall: number;
}

export interface Threshold extends Alerting {
  /** Rows that score at least this are alerts; infinite: none are. */
  readonly score: number;
  /** Only with the rule `cost`. */
  readonly cost: number | undefined;
  /** Why it is not what was asked for; undefined when it is. */
  readonly problem: string | undefined;
}

/**
 * Chosen on validation data: on training data every threshold looks better than it is.
 * @throws bad_input on a rule that makes no sense
 */
export function chooseThreshold(scores: Scores, labels: Labels, rule: ThresholdRule): Threshold {
  refuseBadRule(rule, scores.length);
  const amounts = rule.by === 'cost' ? rule.amounts : undefined;
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((i, j) => scores[j]! - scores[i]!);
  const lossOf = (row: number) => (labels[row] === 1 ? (amounts ? amounts[row]! : 1) : 0);
  let positives = 0;
  let missed = 0;
  for (let i = 0; i < labels.length; i++) {
    positives += labels[i]!;
    missed += lossOf(i);
  }
  const alertCost = rule.by === 'cost' ? rule.alertCost : 0;
  const at = (score: number, alerts: number, found: number, lost: number): Threshold => ({
    score,
    alerts,
    precision: alerts === 0 ? 0 : found / alerts,
    recall: positives === 0 ? 0 : found / positives,
    cost: rule.by === 'cost' ? lost + alerts * alertCost : undefined,
    problem: undefined,
  });
  const none = at(Infinity, 0, 0, missed);
  let best = none;
  let found = 0;
  for (let i = 0; i < order.length; ) {
    const score = scores[order[i]!]!;
    for (; i < order.length && scores[order[i]!] === score; i++) {
      found += labels[order[i]!]!;
      missed -= lossOf(order[i]!);
    }
    const here = at(score, i, found, missed);
    if (better(rule, here, best)) best = here;
  }
  if (best.alerts > 0) return best;
  const problem =
    rule.by === 'precision'
      ? `no threshold has a precision of ${rule.target}`
      : rule.by === 'cost'
        ? 'every alert costs more than what it saves'
        : 'the budget allows no alert: too many rows share the highest score';
  return { ...best, problem };
}

/** What a threshold does to rows that it was not chosen on. */
export function atThreshold(scores: Scores, labels: Labels, threshold: number): Alerting {
  let [alerts, found, positives] = [0, 0, 0];
  for (let i = 0; i < scores.length; i++) {
    positives += labels[i]!;
    if (scores[i]! < threshold) continue;
    alerts += 1;
    found += labels[i]!;
  }
  return { alerts, precision: alerts === 0 ? 0 : found / alerts, recall: positives === 0 ? 0 : found / positives };
}

function better(rule: ThresholdRule, here: Threshold, best: Threshold): boolean {
  if (rule.by === 'cost') return here.cost! < best.cost!;
  if (rule.by === 'precision') return here.precision >= rule.target && here.recall > best.recall;
  return here.alerts <= rule.budget;
}

function refuseBadRule(rule: ThresholdRule, rows: number): void {
  const problem =
    rule.by === 'cost'
      ? !(rule.alertCost >= 0) || (rule.amounts && rule.amounts.length !== rows)
        ? 'costs are from 0, and amounts one per row'
        : undefined
      : rule.by === 'precision'
        ? !(rule.target > 0 && rule.target <= 1)
          ? 'a precision is above 0 and at most 1'
          : undefined
        : !(rule.budget >= 1)
          ? 'a budget allows at least one alert'
          : undefined;
  if (problem) throw new StrataError('bad_input', `The threshold cannot be chosen so: ${problem}`);
}
