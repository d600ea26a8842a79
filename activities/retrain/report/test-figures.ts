import { areaUnderRoc, averagePrecision } from '../../../ml/metrics.ts';

export interface AlertPoint {
  readonly alerts: number;
  readonly precision: number;
  readonly recall: number;
}

export interface ReliabilityPoint {
  readonly rows: number;
  /** Mean probability given. */
  readonly expected: number;
  /** Share of positives, with its 95 % interval (Wilson). */
  readonly observed: number;
  readonly low: number;
  readonly high: number;
}

/** One model on the test set. */
export interface SideFigures {
  readonly version: number;
  readonly averagePrecision: number;
  readonly areaUnderRoc: number;
  readonly threshold: number;
  readonly atThreshold: AlertPoint;
  /** With as many alerts as `BUDGETS` say. */
  readonly found: readonly AlertPoint[];
  /** From the highest score down. */
  readonly curve: readonly AlertPoint[];
  readonly reliability: readonly ReliabilityPoint[];
}

export interface TestFigures {
  readonly rows: number;
  readonly positives: number;
  readonly champion: SideFigures | null;
  readonly challenger: SideFigures;
}

/** Shares of the rows that somebody could look at. */
export const BUDGETS = [0.005, 0.01, 0.02] as const;
const MOST_POINTS = 240;
const BINS = 8;

/** @param probabilities calibrated */
export function sideFigures(
  version: number,
  probabilities: Float64Array,
  labels: Uint8Array,
  threshold: number,
): SideFigures {
  const order = Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]!);
  const all = curveOf(order, probabilities, labels);
  const none = { alerts: 0, precision: 0, recall: 0 };
  const alerts = probabilities.filter((p) => p >= threshold).length;
  return {
    version,
    averagePrecision: averagePrecision(probabilities, labels),
    areaUnderRoc: areaUnderRoc(probabilities, labels),
    threshold,
    atThreshold: all.find((point) => point.alerts === alerts) ?? none,
    found: BUDGETS.map((share) => budget(order, labels, Math.max(1, Math.round(share * labels.length)))),
    curve: thinned(all),
    reliability: reliabilityOf(order, probabilities, labels),
  };
}

const positivesIn = (labels: Uint8Array): number => labels.reduce((sum, label) => sum + label, 0);

/** A point behind each group of equal scores. */
function curveOf(order: readonly number[], scores: Float64Array, labels: Uint8Array): AlertPoint[] {
  const positives = positivesIn(labels);
  const points: AlertPoint[] = [];
  let found = 0;
  order.forEach((row, i) => {
    found += labels[row]!;
    const next = order[i + 1];
    if (next !== undefined && scores[next] === scores[row]) return;
    points.push({ alerts: i + 1, precision: found / (i + 1), recall: found / positives });
  });
  return points;
}

/** The riskiest rows; of equal scores as many as there is room for, in the order of the set. */
function budget(order: readonly number[], labels: Uint8Array, alerts: number): AlertPoint {
  const found = order.slice(0, alerts).reduce((sum, row) => sum + labels[row]!, 0);
  return { alerts, precision: found / alerts, recall: found / positivesIn(labels) };
}

/** As many points as a chart can show, where recall moves. */
function thinned(points: readonly AlertPoint[]): AlertPoint[] {
  const step = 1 / MOST_POINTS;
  let last = -1;
  return points.filter((point, i) => {
    const keep = point.recall - last >= step || i === points.length - 1 || i < 10;
    if (keep) last = point.recall;
    return keep;
  });
}

/** Bins that expect equally many positives: equal numbers of rows would put nearly all into the first. */
function reliabilityOf(order: readonly number[], scores: Float64Array, labels: Uint8Array): ReliabilityPoint[] {
  const all = order.reduce((sum, row) => sum + scores[row]!, 0);
  const bins = Array.from({ length: BINS }, () => ({ rows: 0, expected: 0, found: 0 }));
  let sum = 0;
  for (const row of order) {
    const bin = bins[Math.min(BINS - 1, Math.floor((sum / (all || 1)) * BINS))]!;
    sum += scores[row]!;
    bin.rows += 1;
    bin.expected += scores[row]!;
    bin.found += labels[row]!;
  }
  return bins
    .filter(({ rows }) => rows > 0)
    .map(({ rows, expected, found }) => ({
      ...{ rows, expected: expected / rows, observed: found / rows },
      ...wilson(found, rows),
    }));
}

function wilson(found: number, rows: number): { low: number; high: number } {
  const z = 1.96;
  const share = found / rows;
  const middle = share + (z * z) / (2 * rows);
  const room = z * Math.sqrt((share * (1 - share)) / rows + (z * z) / (4 * rows * rows));
  const by = 1 + (z * z) / rows;
  return { low: Math.max(0, (middle - room) / by), high: Math.min(1, (middle + room) / by) };
}
