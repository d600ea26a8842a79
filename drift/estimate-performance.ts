import { StrataError } from '../core/errors.ts';
import type { Session } from '../engine/session.ts';
import { ident } from '../engine/sql-text.ts';
import { calibrate } from './isotonic.ts';
import { measurePerformance } from './measure-performance.ts';
import {
  type Band,
  type EstimatedPerformance,
  METRICS,
  type Metric,
  type PerformanceEstimate,
  type ScoredRows,
} from './performance.types.ts';

/** Scores are counted in cells of this width: memory stays the same for any number of rows. */
const CELLS = 65_536;
const CHUNKS = 10;
const DEVIATIONS = 3;

export interface EstimateInput {
  /** Rows with matured labels, such as the test set; `order` puts them in the order of time, to be cut into chunks. */
  readonly reference: ScoredRows & { readonly order: string };
  /** Rows without labels. */
  readonly current: Omit<ScoredRows, 'label' | 'matured'>;
  readonly threshold: number;
}

/**
 * Performance before labels come (confidence-based estimation): scores are calibrated on the reference, and then say
 * themselves how many of the flagged rows should be fraud. It sees what a shift of the inputs does to the model, and is blind
 * for a fraud that looks like no fraud before: only labels show that.
 * @throws bad_input when the reference has no labels or one class only, or scores are not shares
 */
export async function estimatePerformance(session: Session, input: EstimateInput): Promise<PerformanceEstimate> {
  const { reference, current, threshold } = input;
  const calibration = calibrate(await referenceCells(session, reference));
  const bands = await bandsOf(session, reference, threshold);
  const cells = await currentCells(session, current, threshold);
  const periods = [...new Set(cells.map(({ period }) => period))].map((period) =>
    estimate(
      period,
      cells.filter((cell) => cell.period === period),
      calibration,
      bands,
    ),
  );
  return { bands, periods };
}

const cellOf = (score: string): string => `round(${ident(score)}::DOUBLE * ${CELLS})::INTEGER`;

async function referenceCells(session: Session, { relation, score, label, matured }: ScoredRows) {
  const rows = await session.rows<{ cell: number; rows: bigint; positives: bigint }>(`
    SELECT ${cellOf(score)} AS cell, count(*) AS rows, count(*) FILTER (WHERE ${ident(label)}) AS positives
    FROM ${relation} WHERE ${ident(label)} IS NOT NULL AND ${ident(score)} IS NOT NULL ${matured ? `AND ${ident(matured)}` : ''}
    GROUP BY cell ORDER BY cell`);
  const cells = rows.map((row) => ({
    score: row.cell / CELLS,
    rows: Number(row.rows),
    positives: Number(row.positives),
  }));
  const [all, positives] = [cells.reduce((s, c) => s + c.rows, 0), cells.reduce((s, c) => s + c.positives, 0)];
  const bad = (message: string, hint: string) => new StrataError('bad_input', message, { where: relation, hint });
  if (positives === 0 || positives === all) {
    throw bad(
      `The reference has ${all} labelled rows, ${positives} of them positive: nothing can be estimated from it`,
      'Take a reference with both classes whose labels have matured, such as the test set.',
    );
  }
  if (cells[0]!.score < 0 || cells.at(-1)!.score > 1) {
    throw bad(`Scores reach from ${cells[0]!.score} to ${cells.at(-1)!.score}`, 'Give probabilities: 0 to 1.');
  }
  return cells;
}

/** What the metrics were in ten pieces of the reference: the mean, and three deviations around it. */
async function bandsOf(
  session: Session,
  reference: EstimateInput['reference'],
  threshold: number,
): Promise<Partial<Record<Metric, Band>>> {
  const chunk = `lpad(ntile(${CHUNKS}) OVER (ORDER BY ${ident(reference.order)})::VARCHAR, 2, '0')`;
  const relation = `(SELECT *, ${chunk} AS strata_chunk FROM ${reference.relation})`;
  const chunks = await measurePerformance(session, { ...reference, relation, period: 'strata_chunk' }, threshold);
  const bands: Partial<Record<Metric, Band>> = {};
  for (const metric of METRICS) {
    const values = chunks.flatMap((one) => one[metric] ?? []);
    if (values.length < 2) continue;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    bands[metric] = {
      low: Math.max(0, mean - DEVIATIONS * deviation),
      high: Math.min(1, mean + DEVIATIONS * deviation),
    };
  }
  return bands;
}

interface CurrentCell {
  readonly period: string;
  readonly score: number;
  readonly flagged: boolean;
  readonly rows: number;
}

/** By period in its order, then from the highest score down. */
async function currentCells(
  session: Session,
  { relation, score, period }: EstimateInput['current'],
  threshold: number,
): Promise<CurrentCell[]> {
  const rows = await session.rows<{ period: string; cell: number; flagged: boolean; rows: bigint }>(
    `SELECT ${period ? `${ident(period)}::VARCHAR` : "'all'"} AS period, ${cellOf(score)} AS cell,
       ${ident(score)}::DOUBLE >= $1::DOUBLE AS flagged, count(*) AS rows
     FROM ${relation} WHERE ${ident(score)} IS NOT NULL GROUP BY ALL ORDER BY period, cell DESC, flagged DESC`,
    [threshold],
  );
  return rows.map(({ cell, rows: count, ...row }) => ({ ...row, score: cell / CELLS, rows: Number(count) }));
}

function estimate(
  period: string,
  cells: readonly CurrentCell[],
  calibration: (score: number) => number,
  bands: Partial<Record<Metric, Band>>,
): EstimatedPerformance {
  let [rows, positives, precisions, pairs, flagged, caught] = [0, 0, 0, 0, 0, 0];
  for (const cell of cells) {
    const expected = cell.rows * calibration(cell.score);
    pairs += (cell.rows - expected) * (positives + expected / 2);
    rows += cell.rows;
    positives += expected;
    precisions += expected * (positives / rows);
    if (!cell.flagged) continue;
    flagged += cell.rows;
    caught += expected;
  }
  const negatives = rows - positives;
  const estimated = {
    ...(positives > 0 && { averagePrecision: precisions / positives, recall: caught / positives }),
    ...(positives > 0 && negatives > 0 && { rocAuc: pairs / (positives * negatives) }),
    ...(flagged > 0 && { precision: caught / flagged }),
  };
  const alerts = METRICS.filter((metric) => {
    const [value, band] = [estimated[metric], bands[metric]];
    return value !== undefined && band !== undefined && (value < band.low || value > band.high);
  });
  return { period, rows, expectedPositives: positives, estimated, alerts };
}
