import type { Session } from '../engine/session.ts';
import { CELLS } from './cells.ts';

export interface Divergences {
  readonly psi: number;
  readonly kullbackLeibler: number;
  readonly jensenShannon: number;
  readonly totalVariation: number;
  /** How much of `totalVariation` is to be expected from chance alone. */
  readonly totalVariationByChance: number;
  /** Against the reference scaled to the current number of rows; infinite for a value that the reference lacks. */
  readonly chiSquared: number;
  readonly cells: number;
}

/** Mean of |Z| for a standard normal Z. */
const MEAN_ABSOLUTE = Math.sqrt(2 / Math.PI);

/**
 * Everything that is a sum over cells. PSI and Kullback-Leibler fill an empty share with 0.0001, or a millionth of the
 * side's smallest one where that is smaller, as Evidently does; Jensen-Shannon and total variation need no fill.
 * @param n rows of the reference that are there; @param m the same of the current sample
 */
export async function divergences(session: Session, n: number, m: number): Promise<Divergences> {
  const [row] = await session.rows<Record<string, number | bigint>>(`
    WITH share AS (
      SELECT r, c, r / ${n}::DOUBLE AS p, c / ${m}::DOUBLE AS q, (r + c) / ${n + m}::DOUBLE AS pooled FROM ${CELLS}),
    least AS (SELECT min(p) FILTER (WHERE p > 0) AS p0, min(q) FILTER (WHERE q > 0) AS q0 FROM share),
    filled AS (
      SELECT *, CASE WHEN p > 0 THEN p WHEN p0 <= 1e-4 THEN p0 / 1e6 ELSE 1e-4 END AS pf,
        CASE WHEN q > 0 THEN q WHEN q0 <= 1e-4 THEN q0 / 1e6 ELSE 1e-4 END AS qf
      FROM share, least)
    SELECT count(*) AS cells, sum((pf - qf) * ln(pf / qf)) AS psi,
      sum(pf * ln(pf / qf)) AS relative, sum(pf) AS p_total, sum(qf) AS q_total,
      sum(CASE WHEN p > 0 THEN p * ln(2 * p / (p + q)) ELSE 0 END
        + CASE WHEN q > 0 THEN q * ln(2 * q / (p + q)) ELSE 0 END) AS twice_js,
      sum(abs(p - q)) / 2 AS total_variation, sum(sqrt(pooled * (1 - pooled))) AS spread,
      sum(CASE WHEN r > 0 THEN (c - r * (${m} / ${n}::DOUBLE)) ** 2 / (r * (${m} / ${n}::DOUBLE)) WHEN c > 0 THEN 'Infinity'::DOUBLE
        ELSE 0 END) AS chi_squared
    FROM filled`);
  const value = (name: string) => Number(row![name]);
  return {
    psi: value('psi'),
    kullbackLeibler: value('relative') / value('p_total') - Math.log(value('p_total') / value('q_total')),
    jensenShannon: Math.sqrt(Math.max(0, value('twice_js') / 2)),
    totalVariation: value('total_variation'),
    totalVariationByChance: (MEAN_ABSOLUTE / 2) * value('spread') * Math.sqrt(1 / n + 1 / m),
    chiSquared: value('chi_squared'),
    cells: value('cells'),
  };
}
