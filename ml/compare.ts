import { calibrationError } from './calibration.ts';
import { averagePrecision, type Labels, type Scores } from './metrics.ts';
import { pairedBootstrap } from './paired-bootstrap.ts';
import { type Alerting, atThreshold } from './threshold.ts';

/** What a model says of the rows. */
export interface Scored {
  /** As the model gives them: calibration makes some equal, which ranks worse than it is. */
  readonly scores: Float64Array;
  readonly probabilities: Float64Array;
  /** On the probabilities. */
  readonly threshold: number;
}

export interface ComparisonInput {
  /** The same rows, by both. */
  readonly champion: Scored;
  readonly challenger: Scored;
  readonly labels: Labels;
  /** Cluster of each row, from 0. */
  readonly clusters: ArrayLike<number>;
  /** Name of a slice -> value of each row. */
  readonly slices: Readonly<Record<string, readonly string[]>>;
  /** Milliseconds for one row, 99th percentile, of the challenger. */
  readonly millisPerRow: number;
  readonly gates: Gates;
  readonly seed: number;
}

export interface Gates {
  readonly leastPositives: number;
  readonly leastGain: number;
  readonly confidence: number;
  readonly mostSliceLoss: number;
  readonly mostMillisPerRow: number;
}

export interface SliceResult {
  readonly slice: string;
  readonly value: string;
  readonly rows: number;
  readonly positives: number;
  readonly champion: number;
  readonly challenger: number;
}

export interface ComparisonResult {
  readonly champion: Side;
  readonly challenger: Side;
  readonly gain: { readonly value: number; readonly low: number; readonly high: number; readonly sure: number };
  /** Only those with enough positives to say something. */
  readonly slices: readonly SliceResult[];
  readonly millisPerRow: number;
  readonly gates: readonly Gate[];
  readonly passes: boolean;
}

export interface Side {
  readonly averagePrecision: number;
  readonly calibrationError: number;
  /** At its threshold. */
  readonly alerting: Alerting;
}

export interface Gate {
  readonly gate: 'better' | 'slices' | 'calibration' | 'threshold' | 'latency';
  readonly passes: boolean;
  readonly finding: string;
}

const SAMPLES = 1000;
/** A challenger whose probabilities are off by so much more than the champion's is refused. */
const MOST_CALIBRATION_LOSS = 0.02;

/**
 * Should the challenger take the champion's place? Every gate is looked at, also after one has failed: whoever reads it
 * wants to know all.
 * @throws bad_input on rows of one class only
 */
export async function compare(input: ComparisonInput): Promise<ComparisonResult> {
  const { champion, challenger, labels, clusters, gates, seed } = input;
  const side = ({ scores, probabilities, threshold }: Scored): Side => ({
    averagePrecision: averagePrecision(scores, labels),
    calibrationError: calibrationError(probabilities, labels),
    alerting: atThreshold(probabilities, labels, threshold),
  });
  const sides = { champion: side(champion), challenger: side(challenger) };
  const drawn = await pairedBootstrap({
    champion: champion.scores,
    challenger: challenger.scores,
    labels,
    clusters,
    samples: SAMPLES,
    seed,
  });
  const gain = { value: drawn.gain, low: drawn.low, high: drawn.high, sure: drawn.shareAbove(gates.leastGain) };
  const slices = slicesOf(input);
  const judged = [
    better(gain, gates),
    worstSlice(slices, gates),
    calibrated(sides.champion, sides.challenger),
    alerts(sides.champion, sides.challenger),
    fast(input.millisPerRow, gates),
  ];
  return {
    ...sides,
    gain,
    slices,
    millisPerRow: input.millisPerRow,
    gates: judged,
    passes: judged.every((g) => g.passes),
  };
}

function better({ value, low, high, sure }: ComparisonResult['gain'], { leastGain, confidence }: Gates): Gate {
  const percent = (sure * 100).toFixed(1);
  return {
    gate: 'better',
    passes: sure >= confidence,
    finding: `average precision ${signed(value)} (95 %: ${signed(low)} to ${signed(high)}); above ${leastGain} in ${percent} % of samples, ${confidence * 100} % wanted`,
  };
}

function worstSlice(slices: readonly SliceResult[], { mostSliceLoss }: Gates): Gate {
  const [worst] = [...slices].sort((a, b) => a.challenger - a.champion - (b.challenger - b.champion));
  if (!worst) return { gate: 'slices', passes: true, finding: 'no slice has enough positives to say anything' };
  const loss = worst.champion - worst.challenger;
  return {
    gate: 'slices',
    passes: loss <= mostSliceLoss,
    finding: `of ${slices.length} slices the worst is ${worst.slice} ${worst.value}: average precision ${signed(-loss)}, at most ${signed(-mostSliceLoss)}`,
  };
}

function calibrated(champion: Side, challenger: Side): Gate {
  return {
    gate: 'calibration',
    passes: challenger.calibrationError <= champion.calibrationError + MOST_CALIBRATION_LOSS,
    finding: `calibration error ${challenger.calibrationError.toFixed(4)} beside ${champion.calibrationError.toFixed(4)}`,
  };
}

/** A model that finds nothing at its threshold protects nobody, however well it ranks. */
function alerts({ alerting: before }: Side, { alerting }: Side): Gate {
  const text = ({ alerts, precision, recall }: Alerting) =>
    `${alerts} alerts, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`;
  return {
    gate: 'threshold',
    passes: alerting.recall > 0,
    finding: `${text(alerting)}; the champion ${text(before)}`,
  };
}

function fast(millis: number, { mostMillisPerRow }: Gates): Gate {
  return {
    gate: 'latency',
    passes: millis <= mostMillisPerRow,
    finding: `${millis.toFixed(2)} ms for one row (99 %), at most ${mostMillisPerRow}`,
  };
}

function slicesOf({ champion, challenger, labels, slices, gates }: ComparisonInput): SliceResult[] {
  return Object.entries(slices).flatMap(([slice, values]) =>
    [...rowsByValue(values)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([value, rows]) => {
        const pick = (from: ArrayLike<number>) => rows.map((row) => from[row]!);
        const own = pick(labels);
        const positives = own.reduce((sum, label) => sum + label, 0);
        if (positives < gates.leastPositives || positives === rows.length) return [];
        const precision = (scores: Scores) => averagePrecision(pick(scores), own);
        const both = { champion: precision(champion.scores), challenger: precision(challenger.scores) };
        return [{ slice, value, rows: rows.length, positives, ...both }];
      }),
  );
}

function rowsByValue(values: readonly string[]): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  values.forEach((value, row) => {
    const known = rows.get(value);
    if (known) known.push(row);
    else rows.set(value, [row]);
  });
  return rows;
}

const signed = (value: number): string => `${value >= 0 ? '+' : ''}${value.toFixed(4)}`;
