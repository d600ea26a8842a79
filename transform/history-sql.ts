import type { Column } from '../core/column.ts';
import type { DerivedDataset } from '../core/dataset.ts';
import { attributesOf, type Type2 } from '../core/history.ts';
import { beginningSql, firstSurrogateSql, memberSql, membersSql } from '../engine/history-members.ts';
import { ident } from '../engine/sql-text.ts';

export interface HistoryOf {
  readonly dataset: DerivedDataset;
  readonly history: Type2;
}

/** Columns of which only the newest value counts. */
const typeOne = ({ dataset, history }: HistoryOf): Column[] =>
  attributesOf(dataset, history).filter(({ name }) => !history.track.includes(name));

/**
 * The versions, each with what comes before it under its key: `_at`, `_gone` (the key was deleted), `_same` (nothing that is
 * tracked changed), `_twice` (another version has this moment).
 * @param versions a relation of what the dataset's SQL gives
 */
export function stepsSql({ dataset, history }: HistoryOf, versions: string): string {
  const key = ident(history.key);
  const attributes = attributesOf(dataset, history).map((c) => ident(c.name));
  const gone = history.deleted === undefined ? 'false' : ident(history.deleted);
  const tracked = history.track.map(ident).join(', ');
  return `SELECT * EXCLUDE (_tracked),
      (lag(_gone) OVER w IS NOT DISTINCT FROM _gone AND (_gone OR lag(_tracked) OVER w IS NOT DISTINCT FROM _tracked)) AS _same,
      coalesce(lag(_at) OVER w = _at, false) AS _twice
    FROM (SELECT ${[key, ...attributes].join(', ')}, ${ident(history.at)} AS _at, ${gone} AS _gone, row(${tracked}) AS _tracked FROM ${versions})
    WINDOW w AS (PARTITION BY ${key} ORDER BY _at)`;
}

/** A moment in a surrogate key: fixed, so that every engine can make the same text. */
const momentSql = (at: string): string => `strftime(make_timestamp(epoch_us(${at})), '%Y-%m-%dT%H:%M:%S.%fZ')`;

/**
 * The rows of one partition from its steps. A row holds from its first version to the next one that differs or deletes;
 * the first of a key since ever, because what was before nobody saw.
 */
export function rowsSql(of: HistoryOf, steps: string): string {
  const { dataset, history } = of;
  const key = ident(history.key);
  const newest = typeOne(of).map((c) => ident(c.name));
  const values: Record<string, string> = {
    [history.surrogate]: `CASE WHEN _nth = 1 THEN ${firstSurrogateSql(`r.${key}`)} ELSE surrogate_key(r.${key}::VARCHAR || '|' || ${momentSql('_at')}) END`,
    valid_from: `CASE WHEN _nth = 1 THEN ${beginningSql} ELSE _at END`,
    valid_to: '_to',
    is_current: '_to IS NULL',
    is_inferred: 'false',
    ...Object.fromEntries(typeOne(of).map(({ name }) => [name, `n._newest.${ident(name)}`])),
  };
  const select = dataset.columns.map(({ name }) => `${values[name] ?? `r.${ident(name)}`} AS ${ident(name)}`);
  const newestOf = `(SELECT ${key}, arg_max({${newest.map((c) => `${c}: ${c}`).join(', ')}}, _at) AS _newest FROM ${steps} WHERE NOT _gone GROUP BY ${key})`;
  return `SELECT ${select.join(', ')}
    FROM (SELECT *, lead(_at) OVER w AS _to,
        count(*) FILTER (NOT _gone) OVER (PARTITION BY ${key} ORDER BY _at ROWS UNBOUNDED PRECEDING) AS _nth
      FROM ${steps} WHERE NOT _same WINDOW w AS (PARTITION BY ${key} ORDER BY _at)) r
    ${newest.length > 0 ? `JOIN ${newestOf} n USING (${key})` : ''}
    WHERE NOT _gone`;
}

/** One row for each mentioned key that no version has; the surrogate is that of the key's first row, so it stays when that comes. */
export function inferredSql({ dataset, history }: HistoryOf, mentioned: string, steps: string): string {
  const key = ident(history.key);
  const member = memberSql(dataset, history, {
    which: 'unknown',
    surrogate: firstSurrogateSql(`m.${key}`),
    key: `m.${key}`,
    inferred: true,
  });
  return `${member} FROM (SELECT ${key} FROM ${mentioned} ANTI JOIN (SELECT ${key} FROM ${steps} WHERE NOT _gone) USING (${key})) m`;
}

/** The unknown and the not-applicable member. */
export const namelessSql = ({ dataset, history }: HistoryOf): string =>
  Object.values(membersSql(dataset, history)).join(' UNION ALL ');
