import type { DerivedDataset } from '../../core/dataset.ts';
import { attributesOf, type Type2 } from '../../core/history.ts';
import { beginningSql, firstSurrogateSql, memberSql, membersSql } from '../../engine/history-members.ts';
import { ident } from '../../engine/sql-text.ts';

/**
 * A type-2 dimension by one window query over all versions: a row per span in which the tracked columns stayed the same,
 * the newest value of the others, and rows for who is mentioned without being there, is unknown or not applicable.
 * @param given a SELECT of the versions. @param members relations of the inputs that mention keys, by input
 */
export function historySql(
  dataset: DerivedDataset,
  history: Type2,
  given: string,
  members: Readonly<Record<string, string>>,
): string {
  const [key, at] = [ident(history.key), ident(history.at)];
  const deleted = history.deleted === undefined ? 'false' : ident(history.deleted);
  const others = attributesOf(dataset, history).filter(({ name }) => !history.track.includes(name));
  const before = history.track.map((c) => `lag(${ident(c)}) OVER w AS ${ident(`${c}_before`)}`);
  const moved = history.track.map((c) => `${ident(c)} IS DISTINCT FROM ${ident(`${c}_before`)}`);
  const newest = others.map(({ name }) => `arg_max_null(${ident(name)}, ${at}) AS ${ident(name)}`);
  const moment = `strftime(${at} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')`;
  const values: Record<string, string> = {
    [history.surrogate]: `CASE WHEN _nth = 1 THEN ${firstSurrogateSql(`r.${key}`)} ELSE surrogate_key(r.${key}::VARCHAR || '|' || ${moment}) END`,
    valid_from: `CASE WHEN _nth = 1 THEN ${beginningSql} ELSE ${at} END`,
    valid_to: '_to',
    is_current: '_to IS NULL',
    is_inferred: 'false',
    ...Object.fromEntries(others.map(({ name }) => [name, `n.${ident(name)}`])),
  };
  const row = dataset.columns.map(({ name }) => `${values[name] ?? `r.${ident(name)}`} AS ${ident(name)}`);
  const mentioned = Object.entries(history.members).map(
    ([name, c]) => `SELECT ${ident(c)} AS ${key} FROM ${members[name]}`,
  );
  const inferred = memberSql(dataset, history, {
    which: 'unknown',
    surrogate: firstSurrogateSql(`m.${key}`),
    key: `m.${key}`,
    inferred: true,
  });
  return `WITH given AS MATERIALIZED (SELECT *, ${deleted} AS _gone FROM (${given})),
    marked AS (SELECT *, lag(_gone) OVER w AS _was_gone, ${before.join(', ')} FROM given WINDOW w AS (PARTITION BY ${key} ORDER BY ${at})),
    runs AS (
      SELECT *, lead(${at}) OVER w AS _to, count(*) FILTER (NOT _gone) OVER (PARTITION BY ${key} ORDER BY ${at} ROWS UNBOUNDED PRECEDING) AS _nth
      FROM marked WHERE _was_gone IS NULL OR _was_gone <> _gone OR (NOT _gone AND (${moved.join(' OR ')}))
      WINDOW w AS (PARTITION BY ${key} ORDER BY ${at})
    ),
    newest AS (SELECT ${[key, ...newest].join(', ')} FROM given WHERE NOT _gone GROUP BY ${key})
    SELECT ${row.join(', ')} FROM runs r JOIN newest n USING (${key}) WHERE NOT _gone
    UNION ALL ${inferred} FROM (SELECT DISTINCT ${key} FROM (${mentioned.join(' UNION ALL ') || `SELECT ${key} FROM given WHERE false`})
      WHERE ${key} IS NOT NULL) m ANTI JOIN newest USING (${key})
    UNION ALL ${Object.values(membersSql(dataset, history)).join(' UNION ALL ')}`;
}
