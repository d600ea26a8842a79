import type { Session } from '../engine/session.ts';
import { ident } from '../engine/sql-text.ts';
import type { Performance, ScoredRows } from './performance.types.ts';

interface Row {
  period: string;
  rows: bigint;
  positives: bigint;
  average_precision: number | null;
  roc_auc: number | null;
  flagged: bigint;
  caught: bigint;
}

/** The model's performance where labels have matured, by period; ties of scores count half, as in scikit-learn. */
export async function measurePerformance(
  session: Session,
  scored: ScoredRows,
  threshold: number,
): Promise<Performance[]> {
  const { relation, score, label, matured, period } = scored;
  const there = [`${ident(label)} IS NOT NULL`, `${ident(score)} IS NOT NULL`, ...(matured ? [ident(matured)] : [])];
  const rows = await session.rows<Row>(
    `
    WITH cell AS (
      SELECT ${period ? `${ident(period)}::VARCHAR` : "'all'"} AS period, ${ident(score)}::DOUBLE AS score,
        count(*) FILTER (WHERE ${there.join(' AND ')} AND ${ident(label)}) AS pos,
        count(*) FILTER (WHERE ${there.join(' AND ')} AND NOT ${ident(label)}) AS neg
      FROM ${relation} GROUP BY ALL),
    ranked AS (
      SELECT *, sum(pos) OVER above AS tp, sum(neg) OVER above AS fp, sum(pos) OVER (PARTITION BY period) AS p,
        sum(neg) OVER (PARTITION BY period) AS n
      FROM cell WINDOW above AS (PARTITION BY period ORDER BY score DESC))
    SELECT period, sum(pos + neg)::BIGINT AS rows, sum(pos)::BIGINT AS positives,
      sum(pos / nullif(p, 0)::DOUBLE * tp / nullif(tp + fp, 0)::DOUBLE) AS average_precision,
      sum(neg * (tp - pos / 2.0::DOUBLE)) / nullif(any_value(p)::DOUBLE * any_value(n), 0) AS roc_auc,
      coalesce(sum(pos + neg) FILTER (WHERE score >= $1::DOUBLE), 0)::BIGINT AS flagged,
      coalesce(sum(pos) FILTER (WHERE score >= $1::DOUBLE), 0)::BIGINT AS caught
    FROM ranked GROUP BY period ORDER BY period`,
    [threshold],
  );
  return rows.map(toPerformance);
}

function toPerformance(row: Row): Performance {
  const [rows, positives, flagged, caught] = [row.rows, row.positives, row.flagged, row.caught].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const state = rows === 0 ? 'no_labels' : positives === 0 || positives === rows ? 'one_class' : 'ok';
  return {
    period: row.period,
    state,
    rows,
    positives,
    ...(state === 'ok' && { averagePrecision: row.average_precision!, rocAuc: row.roc_auc! }),
    ...(flagged > 0 && { precision: caught / flagged }),
    ...(positives > 0 && { recall: caught / positives }),
  };
}
