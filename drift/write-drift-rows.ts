import type { Session } from '../engine/session.ts';
import { ident, literal } from '../engine/sql-text.ts';
import { type DriftRow, driftColumns } from './drift-rows.ts';

/** Temporary table that `driftTable` makes. */
export const DRIFT_ROWS = 'drift_rows';

/** Rows of checks as a table of the session with the columns of `drift.column`; whoever commits copies it to Parquet. */
export async function driftTable(session: Session, rows: readonly DriftRow[]): Promise<string> {
  const shape = Object.fromEntries(driftColumns().map(({ name, sqlType }) => [name, sqlType]));
  const parsed = `from_json($1::JSON, ${literal(JSON.stringify([shape]))})`;
  await session.run(
    `CREATE OR REPLACE TEMP TABLE ${ident(DRIFT_ROWS)} AS SELECT row.* FROM (SELECT unnest(${parsed}) AS row)`,
    [JSON.stringify(rows)],
  );
  return DRIFT_ROWS;
}
