import { StrataError } from '../core/errors.ts';
import type { Session } from '../engine/session.ts';
import { ident } from '../engine/sql-text.ts';
import { doubleLiteral } from './double-literal.ts';
import type { ColumnKind, DriftColumn, Sample, SideSummary } from './drift.types.ts';

/** Temporary table: each value `v` once, with its rows in the reference `r` and in the current sample `c`; NULL is missing. */
export const VALUES = 'drift_values';

const NUMBERS = /^(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|FLOAT|DOUBLE|DECIMAL)/;
const WHOLE_NUMBERS = /INT/;

export interface TypedDriftColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Numpy gives bins of whole numbers at least the width 1. */
  readonly whole: boolean;
}

/**
 * A column's kind, from its type where it is not declared.
 * @throws bad_input when the column is missing, or is neither number, text nor boolean
 */
export async function typeColumn(session: Session, sample: Sample, column: DriftColumn): Promise<TypedDriftColumn> {
  const columns = await session.columns(`SELECT * FROM ${sample.relation}`);
  const type = columns.find((c) => c.name === column.name)?.type;
  if (type === undefined) {
    throw new StrataError('bad_input', `${sample.label} has no column ${column.name}`, {
      where: sample.label,
      hint: `Columns are: ${columns.map((c) => c.name).join(', ')}.`,
    });
  }
  const number = NUMBERS.test(type);
  const kind = column.kind ?? (number ? 'numeric' : 'categorical');
  if ((kind === 'numeric' && !number) || (!number && type !== 'VARCHAR' && type !== 'BOOLEAN')) {
    throw new StrataError('bad_input', `${column.name} is ${type}, which has no ${kind} distribution`, {
      where: sample.label,
      hint: 'Compare numbers, text and booleans; of a moment take its hour, its weekday or its age.',
    });
  }
  return { name: column.name, kind, whole: number && WHOLE_NUMBERS.test(type) };
}

/** Counts both samples' values once; everything else is computed from the counts. */
export async function countValues(
  session: Session,
  { name, kind }: TypedDriftColumn,
  reference: Sample,
  current: Sample,
): Promise<void> {
  const number = `${ident(name)}::DOUBLE`;
  const value = kind === 'numeric' ? `CASE WHEN isfinite(${number}) THEN ${number} END` : `${ident(name)}::VARCHAR`;
  await session.run(`
    CREATE OR REPLACE TEMP TABLE ${VALUES} AS
    SELECT v, count(*) FILTER (WHERE side = 0) AS r, count(*) FILTER (WHERE side = 1) AS c
    FROM (SELECT ${value} AS v, 0 AS side FROM ${reference.relation}
          UNION ALL SELECT ${value}, 1 FROM ${current.relation})
    GROUP BY v`);
}

/** Both sides in short, and how many different values there are together. */
export async function summarise(
  session: Session,
  kind: ColumnKind,
): Promise<{ reference: SideSummary; current: SideSummary; distinct: number }> {
  const side = async (n: 'r' | 'c'): Promise<SideSummary> => {
    const [row] = await session.rows<{ rows: bigint; missing: bigint; distinct: bigint }>(`
      SELECT coalesce(sum(${n}), 0)::BIGINT AS rows, coalesce(sum(${n}) FILTER (WHERE v IS NULL), 0)::BIGINT AS missing,
        count(*) FILTER (WHERE v IS NOT NULL AND ${n} > 0) AS distinct FROM ${VALUES}`);
    const counts = { rows: Number(row!.rows), missing: Number(row!.missing), distinct: Number(row!.distinct) };
    return kind === 'numeric' && counts.distinct > 0 ? { ...counts, ...(await moments(session, n)) } : counts;
  };
  const distinct = await session.value<bigint>(`SELECT count(*) FROM ${VALUES} WHERE v IS NOT NULL`);
  return { reference: await side('r'), current: await side('c'), distinct: Number(distinct) };
}

/** In two passes: the difference of squares loses all digits where the mean is large beside the deviation. */
async function moments(session: Session, n: 'r' | 'c') {
  const there = `FROM ${VALUES} WHERE v IS NOT NULL AND ${n} > 0`;
  const [first] = await session.rows<{ mean: number; min: number; max: number }>(
    `SELECT sum(v * ${n}) / sum(${n}) AS mean, min(v) AS min, max(v) AS max ${there}`,
  );
  const std = await session.value<number>(
    `SELECT sqrt(sum(${n} * (v - ${doubleLiteral(first!.mean)}) ** 2) / sum(${n})) ${there}`,
  );
  return { ...first!, std: std! };
}
