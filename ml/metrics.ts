import { StrataError } from '../core/errors.ts';

/** 0 or 1 per row. */
export type Labels = ArrayLike<number>;
export type Scores = ArrayLike<number>;

const LEAST_PROBABILITY = 1e-15;

/** @throws bad_input when a metric is asked of nothing, of one class, or of scores that are no numbers */
function countPositives(scores: Scores, labels: Labels): number {
  if (scores.length !== labels.length || scores.length === 0) {
    throw new StrataError('bad_input', `${scores.length} scores for ${labels.length} labels`);
  }
  let positives = 0;
  for (let i = 0; i < labels.length; i++) {
    positives += labels[i]!;
    if (Number.isNaN(scores[i]!)) throw new StrataError('bad_input', `The score of row ${i + 1} is not a number`);
  }
  if (positives === 0 || positives === labels.length) {
    throw new StrataError('bad_input', 'Rows of one class only have no such metric', {
      hint: 'Take a range that holds frauds and payments that are none.',
    });
  }
  return positives;
}

/** Where each distinct score of a positive lies, and how many rows of each class reach it. */
interface Reached {
  /** Ascending. */
  readonly scores: Float64Array;
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/** No sort of all rows: frauds are few, and a search among them places every other row. */
function reached(scores: Scores, labels: Labels): Reached {
  const own: number[] = [];
  for (let i = 0; i < labels.length; i++) if (labels[i] === 1) own.push(scores[i]!);
  const distinct: number[] = [];
  const positives: number[] = [];
  for (const score of Float64Array.from(own).sort()) {
    if (distinct.length > 0 && distinct[distinct.length - 1] === score) positives[positives.length - 1]! += 1;
    else {
      distinct.push(score);
      positives.push(1);
    }
  }
  const sorted = Float64Array.from(distinct);
  const negatives = new Float64Array(sorted.length);
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === 1) continue;
    const place = countNotAbove(sorted, scores[i]!) - 1;
    if (place >= 0) negatives[place]! += 1;
  }
  const totals = Float64Array.from(positives);
  for (let i = sorted.length - 2; i >= 0; i--) {
    totals[i]! += totals[i + 1]!;
    negatives[i]! += negatives[i + 1]!;
  }
  return { scores: sorted, positives: totals, negatives };
}

/** How many of the ascending values are not above this one. */
function countNotAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Mean precision over the positives, each at the threshold that just reaches it; ties count together (as scikit-learn). */
export function averagePrecision(scores: Scores, labels: Labels): number {
  const total = countPositives(scores, labels);
  const { positives, negatives } = reached(scores, labels);
  let sum = 0;
  for (let i = 0; i < positives.length; i++) {
    const found = positives[i]!;
    const here = found - (positives[i + 1] ?? 0);
    sum += (here * found) / (found + negatives[i]!);
  }
  return sum / total;
}

/** The largest share of frauds found at any threshold whose precision is at least this; 0 when there is none. */
export function recallAtPrecision(scores: Scores, labels: Labels, precision: number): number {
  const total = countPositives(scores, labels);
  const { positives, negatives } = reached(scores, labels);
  let best = 0;
  for (let i = 0; i < positives.length; i++) {
    if (positives[i]! / (positives[i]! + negatives[i]!) >= precision) best = Math.max(best, positives[i]! / total);
  }
  return best;
}

/** Area under the ROC curve: how often a positive scores above a negative; ties count half. */
export function areaUnderRoc(scores: Scores, labels: Labels): number {
  const total = countPositives(scores, labels);
  const order = Float64Array.from(scores).sort();
  let ranks = 0;
  // A score's rank is the mean of the places its equals take.
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] !== 1) continue;
    const last = countNotAbove(order, scores[i]!);
    ranks += (countBelow(order, scores[i]!) + 1 + last) / 2;
  }
  return (ranks - (total * (total + 1)) / 2) / (total * (labels.length - total));
}

function countBelow(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Mean negative log likelihood of the labels, natural logarithm. */
export function logLoss(probabilities: Scores, labels: Labels): number {
  countPositives(probabilities, labels);
  let sum = 0;
  for (let i = 0; i < labels.length; i++) {
    const given = labels[i] === 1 ? probabilities[i]! : 1 - probabilities[i]!;
    sum -= Math.log(Math.min(1, Math.max(LEAST_PROBABILITY, given)));
  }
  return sum / labels.length;
}

/** Mean squared difference of probability and label. */
export function brierScore(probabilities: Scores, labels: Labels): number {
  countPositives(probabilities, labels);
  let sum = 0;
  for (let i = 0; i < labels.length; i++) sum += (probabilities[i]! - labels[i]!) ** 2;
  return sum / labels.length;
}

/** Share of positives among the `k` highest scores; of equal scores, earlier rows come first. */
export function precisionAtK(scores: Scores, labels: Labels, k: number): number {
  countPositives(scores, labels);
  const top = placesByScore(scores).slice(0, k);
  return top.reduce((sum, place) => sum + labels[place]!, 0) / Math.min(k, labels.length);
}

const placesByScore = (scores: Scores): number[] =>
  Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]! || a - b);

/**
 * CP@k of the Fraud Detection Handbook: each day an investigator looks at the `k` cards with the highest score; the share that
 * was really defrauded, averaged over the days. A card that was found is not looked at again on later days.
 */
export function cardPrecisionAtK(
  scores: Scores,
  labels: Labels,
  cards: ArrayLike<number | string>,
  days: ArrayLike<number>,
  k: number,
): number {
  countPositives(scores, labels);
  const found = new Set<number | string>();
  const byDay = new Map<number, Map<number | string, { score: number; fraud: boolean }>>();
  for (let i = 0; i < labels.length; i++) {
    const day = byDay.get(days[i]!) ?? new Map();
    byDay.set(days[i]!, day);
    const card = day.get(cards[i]!) ?? { score: Number.NEGATIVE_INFINITY, fraud: false };
    day.set(cards[i]!, { score: Math.max(card.score, scores[i]!), fraud: card.fraud || labels[i] === 1 });
  }
  let sum = 0;
  for (const [, cardsOfDay] of [...byDay].sort(([a], [b]) => a - b)) {
    const looked = [...cardsOfDay].filter(([card]) => !found.has(card));
    const top = looked.sort(([, a], [, b]) => b.score - a.score).slice(0, k);
    const frauds = top.filter(([, { fraud }]) => fraud);
    for (const [card] of frauds) found.add(card);
    sum += frauds.length / k;
  }
  return sum / byDay.size;
}
