import type { Session } from '../engine/session.ts';
import { isBinned, makeCells } from './cells.ts';
import { chooseTest, defaultTest } from './default-test.ts';
import { type Divergences, divergences } from './divergences.ts';
import type { ColumnDrift, ColumnState, DriftColumn, Measures, PlotCell, Sample, SideSummary } from './drift.types.ts';
import { chiSquaredTail, normalTwoSided } from './incomplete-gamma.ts';
import { type NumericDistances, numericDistances } from './numeric-distances.ts';
import { barPlot, numericPlot } from './plot-cells.ts';
import { twoSampleTail } from './two-sample-ks.ts';
import { countValues, summarise, type TypedDriftColumn, typeColumn, VALUES } from './values-table.ts';
import { judge, UNDECIDED, type UnadjustedVerdict } from './verdict.ts';

export interface ComparedColumn extends Omit<ColumnDrift, 'verdict'> {
  readonly verdict: UnadjustedVerdict;
}

interface Judging {
  readonly leastEffect: number;
  readonly alpha: number;
  readonly leastRows: number;
}

/** One column of both samples. Whatever the data is like, it gives a result; its `state` says what was wrong. */
export async function compareColumn(
  session: Session,
  reference: Sample,
  current: Sample,
  column: DriftColumn,
  judging: Judging,
): Promise<ComparedColumn> {
  const typed = await typeColumn(session, reference, column);
  await typeColumn(session, current, { ...column, kind: typed.kind });
  await countValues(session, typed, reference, current);
  const sides = await summarise(session, typed.kind);
  const state = stateOf(sides.reference, sides.current, sides.distinct, judging.leastRows);
  const compared = canCompare(sides) ? await measure(session, typed, sides) : undefined;
  const leastEffect = column.leastEffect ?? judging.leastEffect;
  const verdict = SILENT.has(state)
    ? UNDECIDED
    : judge({ ...sides, kind: typed.kind, ...compared }, { leastEffect, alpha: judging.alpha });
  const test = chooseTest(typed.kind, sides.reference.rows - sides.reference.missing, sides.distinct);
  return {
    column: column.name,
    kind: typed.kind,
    role: column.role ?? 'feature',
    leastEffect,
    state,
    reference: sides.reference,
    current: sides.current,
    ...(compared && { measures: compared.measures, byDefault: defaultTest(test, compared.measures) }),
    verdict,
    plot: compared?.plot ?? [],
  };
}

/** States in which there is nothing to judge. */
const SILENT: ReadonlySet<ColumnState> = new Set(['reference_empty', 'current_empty', 'too_few_rows']);

function stateOf(reference: SideSummary, current: SideSummary, distinct: number, leastRows: number): ColumnState {
  if (reference.rows === 0) return 'reference_empty';
  if (current.rows === 0) return 'current_empty';
  if (Math.min(reference.rows, current.rows) < leastRows) return 'too_few_rows';
  const missing = [reference, current].map((side) => side.missing === side.rows);
  if (missing[0]) return missing[1] ? 'all_missing' : 'reference_all_missing';
  if (missing[1]) return 'current_all_missing';
  return distinct === 1 ? 'constant' : 'ok';
}

type Sides = Awaited<ReturnType<typeof summarise>>;
const there = ({ rows, missing }: SideSummary): number => rows - missing;
const canCompare = ({ reference, current }: Sides): boolean => there(reference) > 0 && there(current) > 0;

async function measure(
  session: Session,
  column: TypedDriftColumn,
  sides: Sides,
): Promise<{ measures: Measures; byChance: number; shares?: readonly [number, number]; plot: PlotCell[] }> {
  const { reference, current, distinct } = sides;
  const n = there(reference);
  const m = there(current);
  const numeric = column.kind === 'numeric' ? await numericDistances(session, n, m, reference.std!) : undefined;
  await makeCells(session, column, reference, current);
  const cells = await divergences(session, n, m);
  const binned = isBinned(column, reference);
  const two = distinct <= 2 ? await proportions(session, distinct, n, m) : undefined;
  const measures: Measures = {
    psi: cells.psi,
    kullbackLeibler: cells.kullbackLeibler,
    jensenShannon: cells.jensenShannon,
    totalVariation: cells.totalVariation,
    ...(numeric && distances(numeric, n, m)),
    ...(!binned && chiSquared(cells)),
    ...two?.test,
    missingShareDifference: current.missing / current.rows - reference.missing / reference.rows,
    ...(column.kind === 'categorical' && (await newCategories(session, current.rows))),
  };
  const plot =
    numeric && distinct > 12 ? await numericPlot(session, n, m, numeric, column.whole) : await barPlot(session, n, m);
  return { measures, byChance: cells.totalVariationByChance, ...(two?.shares && { shares: two.shares }), plot };
}

const distances = ({ ks, wasserstein }: NumericDistances, n: number, m: number) => ({
  ks,
  ksP: twoSampleTail(ks, n, m),
  wasserstein,
});

const chiSquared = ({ chiSquared, cells }: Divergences) => ({
  chiSquared,
  chiSquaredP: chiSquaredTail(chiSquared, cells - 1),
});

/** Two values: the difference of their shares in standard errors of the pooled share. */
async function proportions(session: Session, distinct: number, n: number, m: number) {
  if (distinct === 1) return { test: { z: 0, zP: 1 } };
  const [row] = await session.rows<{ r: bigint; c: bigint }>(
    `SELECT r, c FROM ${VALUES} WHERE v IS NOT NULL ORDER BY v LIMIT 1`,
  );
  const [r, c] = [Number(row!.r), Number(row!.c)];
  const pooled = (r + c) / (n + m);
  const z = (c / m - r / n) / Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  return { test: { z, zP: normalTwoSided(z) }, shares: [r / n, c / m] as const };
}

async function newCategories(session: Session, rows: number) {
  const [row] = await session.rows<{ count: bigint; rows: bigint }>(
    `SELECT count(*) AS count, coalesce(sum(c), 0)::BIGINT AS rows FROM ${VALUES} WHERE v IS NOT NULL AND r = 0`,
  );
  return { newCategories: Number(row!.count), newCategoryShare: Number(row!.rows) / rows };
}
