import type { DerivedDataset } from '../../core/dataset.ts';
import type { Session } from '../../engine/session.ts';
import { ident } from '../../engine/sql-text.ts';
import { inferredSql, namelessSql, rowsSql, stepsSql } from '../../transform/history-sql.ts';

/**
 * What a dataset holds: for a history the rows that Strata makes of the versions its SQL gives, all in one go.
 * @param sql over `relations`
 * @param relations input -> a table that holds all of it
 */
export async function contentSql(
  session: Session,
  dataset: DerivedDataset,
  sql: string,
  relations: Readonly<Record<string, string>>,
): Promise<string> {
  const { history } = dataset;
  if (!history) return sql;
  const of = { dataset, history };
  const [steps, mentioned] = [`${dataset.name} steps`, `${dataset.name} mentioned`].map(ident) as [string, string];
  await session.run(`CREATE OR REPLACE TEMP TABLE ${steps} AS ${stepsSql(of, `(${sql}\n)`)}`);
  const key = ident(history.key);
  const names = Object.entries(history.members).map(
    ([input, column]) =>
      `SELECT ${ident(column)} AS ${key} FROM ${relations[input]} WHERE ${ident(column)} IS NOT NULL`,
  );
  await session.run(
    `CREATE OR REPLACE TEMP TABLE ${mentioned} AS ${names.length > 0 ? names.join(' UNION ') : `SELECT NULL::VARCHAR AS ${key} WHERE false`}`,
  );
  return [rowsSql(of, steps), inferredSql(of, mentioned, steps), namelessSql(of)].join(' UNION ALL ');
}
