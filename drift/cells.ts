import type { Session } from '../engine/session.ts';
import { doubleLiteral } from './double-literal.ts';
import type { SideSummary } from './drift.types.ts';
import { type TypedDriftColumn, VALUES } from './values-table.ts';

/** Temporary table: rows of both samples per cell, `r` and `c`; empty cells too. */
export const CELLS = 'drift_cells';

/** Up to this many values of the reference each is a cell of its own, beyond they are binned. */
const MOST_SINGLE_VALUES = 20;

export const isBinned = ({ kind }: TypedDriftColumn, reference: SideSummary): boolean =>
  kind === 'numeric' && reference.distinct > MOST_SINGLE_VALUES;

/** Makes the cells that PSI, Kullback-Leibler and Jensen-Shannon compare: one per value, or bins by Sturges' rule. */
export async function makeCells(
  session: Session,
  column: TypedDriftColumn,
  reference: SideSummary,
  current: SideSummary,
): Promise<void> {
  if (!isBinned(column, reference)) {
    await session.run(`CREATE OR REPLACE TEMP TABLE ${CELLS} AS SELECT r, c FROM ${VALUES} WHERE v IS NOT NULL`);
    return;
  }
  const edges = sturgesEdges(column, reference, current);
  const bins = edges.length - 1;
  const [first, last] = [doubleLiteral(edges[0]!), doubleLiteral(edges[bins]!)];
  // The quotient may be off by one bin at an edge; the edges decide, as in numpy.
  await session.run(`
    CREATE OR REPLACE TEMP TABLE ${CELLS} AS
    WITH edge AS (SELECT [${edges.map(doubleLiteral).join(', ')}] AS edges),
    near AS (
      SELECT v, r, c, least(${bins - 1}, floor((v - ${first}) / (${last} - ${first}) * ${bins}))::INTEGER AS bin
      FROM ${VALUES} WHERE v IS NOT NULL),
    placed AS (
      SELECT r, c, CASE WHEN v < edges[bin + 1] THEN bin - 1 WHEN v >= edges[bin + 2] AND bin < ${bins - 1} THEN bin + 1
        ELSE bin END AS bin
      FROM near, edge)
    SELECT coalesce(sum(r), 0)::BIGINT AS r, coalesce(sum(c), 0)::BIGINT AS c
    FROM range(${bins}) AS every(bin) LEFT JOIN placed ON placed.bin = every.bin GROUP BY every.bin`);
}

/** Numpy's bins of both samples together: width (max - min) / (log2 n + 1), for whole numbers at least 1. */
function sturgesEdges(column: TypedDriftColumn, reference: SideSummary, current: SideSummary): number[] {
  const first = Math.min(reference.min!, current.min!);
  const last = Math.max(reference.max!, current.max!);
  const rows = reference.rows - reference.missing + current.rows - current.missing;
  const width = (last - first) / (Math.log2(rows) + 1);
  const bins = Math.ceil((last - first) / (column.whole ? Math.max(1, width) : width));
  const step = (last - first) / bins;
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? last : i * step + first));
}
