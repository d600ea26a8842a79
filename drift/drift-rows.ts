import { bigint, boolean, type ColumnShape, columnsOf, date, double, key, text } from '../core/column.ts';
import type { ColumnDrift, DriftResult } from './drift.types.ts';

const share = (what: string) => double().nullable().describe(what);

/** The shape of `drift.column`: one row per check and column, partitioned by the day of the check. */
export const DRIFT_COLUMNS = {
  check_id: key(text()).describe('The check: run or attempt that made it'),
  check_date: date().describe('UTC day up to which the current rows reach'),
  subject: text().describe('What was looked at: a data set, or a model with its version'),
  reference: text().describe('The rows compared with'),
  current: text().describe('The rows looked at'),
  column_name: key(text()).describe('Column of the subject'),
  kind: text().describe('numeric or categorical'),
  role: text().describe('feature, target or prediction'),
  state: text().describe('ok, or what was wrong with the data: see drift.types.ts'),
  verdict: text().describe('drift, no_drift or undecided'),
  because: text().describe('values or missing: which evidence the verdict rests on'),
  effect: double().describe('Share of the rows that moved'),
  effect_at_least: double().describe('Lower confidence bound of it'),
  effect_at_most: double().describe('Upper confidence bound of it'),
  p_value: double().describe('Of the hypothesis that fewer rows moved than matter'),
  adjusted_p: double().describe('The same, adjusted for the number of columns (Benjamini-Hochberg)'),
  default_test: text().nullable().describe('The test that Evidently would choose'),
  default_score: share('Its p-value or distance'),
  default_drifted: boolean().nullable().describe('What it says'),
  reference_rows: bigint().describe('Rows of the reference'),
  current_rows: bigint().describe('Rows looked at'),
  reference_missing: double().describe('Share of missing values in the reference'),
  current_missing: double().describe('Share of missing values in the current rows'),
  psi: share('Population stability index'),
  kullback_leibler: share('Kullback-Leibler divergence'),
  jensen_shannon: share('Jensen-Shannon distance'),
  total_variation: share('Total variation distance over the cells'),
  wasserstein: share("Wasserstein distance in the reference's standard deviations"),
  ks: share("Kolmogorov-Smirnov's distance"),
  ks_p: share('Its p-value'),
  chi_squared: share('Chi-squared statistic'),
  chi_squared_p: share('Its p-value'),
  z: share('Z of two shares'),
  z_p: share('Its p-value'),
  new_categories: bigint().nullable().describe('Values that the reference does not have'),
  new_category_share: share('Share of the current rows that hold one'),
} satisfies ColumnShape;

export const driftColumns = () => columnsOf(DRIFT_COLUMNS);

export type DriftRow = { readonly [K in keyof typeof DRIFT_COLUMNS]: string | number | boolean | null };

export interface CheckIdentity {
  readonly checkId: string;
  /** `2026-11-20` */
  readonly checkDate: string;
  readonly subject: string;
}

/** Significant digits kept. DuckDB adds doubles in any order, so that the last ones differ from run to run. */
const DIGITS = 10;

export function driftRows(check: CheckIdentity, result: DriftResult): DriftRow[] {
  return result.columns.map((column) => rowOf(check, result, column));
}

function rowOf({ checkId, checkDate, subject }: CheckIdentity, result: DriftResult, drift: ColumnDrift): DriftRow {
  const { verdict, byDefault, measures: m, reference, current } = drift;
  const missing = ({ rows, missing }: ColumnDrift['reference']) => stored(rows === 0 ? 0 : missing / rows)!;
  return {
    check_id: checkId,
    check_date: checkDate,
    subject,
    reference: result.reference,
    current: result.current,
    column_name: drift.column,
    kind: drift.kind,
    role: drift.role,
    state: drift.state,
    verdict: verdict.says,
    because: verdict.because,
    effect: stored(verdict.effect)!,
    effect_at_least: stored(verdict.atLeast)!,
    effect_at_most: stored(verdict.atMost)!,
    p_value: stored(verdict.pValue)!,
    adjusted_p: stored(verdict.adjustedP)!,
    default_test: byDefault?.test ?? null,
    default_score: stored(byDefault?.score),
    default_drifted: byDefault?.drifted ?? null,
    reference_rows: reference.rows,
    current_rows: current.rows,
    reference_missing: missing(reference),
    current_missing: missing(current),
    psi: stored(m?.psi),
    kullback_leibler: stored(m?.kullbackLeibler),
    jensen_shannon: stored(m?.jensenShannon),
    total_variation: stored(m?.totalVariation),
    wasserstein: stored(m?.wasserstein),
    ks: stored(m?.ks),
    ks_p: stored(m?.ksP),
    chi_squared: stored(m?.chiSquared),
    chi_squared_p: stored(m?.chiSquaredP),
    z: stored(m?.z),
    z_p: stored(m?.zP),
    new_categories: m?.newCategories ?? null,
    new_category_share: stored(m?.newCategoryShare),
  };
}

/** An infinite statistic (a value that the reference lacks) has no place in JSON or in another engine's DOUBLE column. */
const stored = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(DIGITS));
