import { PARTITION_COLUMN, type SourceDataset } from '../core/dataset.ts';
import { keySnapshotsOf } from '../core/source.ts';
import type { Session } from '../engine/session.ts';
import { ident } from '../engine/sql-text.ts';

export const ALL_STAGED = 'SELECT * FROM staged';

/**
 * Staged rows that differ from their key's newest version in the same cursor partition. Compared by value: A, B, A in one
 * partition keeps all three, and the same A seen twice in a row is kept once. What bronze holds of the very same position goes
 * before what is newest: a second, slower look at one picture would add it again behind a newer look.
 */
export async function newInCursorPartitions(
  session: Session,
  dataset: SourceDataset,
  hasExisting: boolean,
): Promise<string> {
  if (dataset.key.length === 0) return newInMultiset(dataset, hasExisting);
  const scope = [PARTITION_COLUMN, ...dataset.key].map(ident);
  const twice = await holdsKeyTwice(session, dataset);
  const looks = `SELECT ${scope.join(', ')}, ${twice ? 'min(_position)' : '_position'} AS _at FROM staged ${twice ? 'GROUP BY ALL' : ''}`;
  const newest = hasExisting
    ? `SELECT existing.* FROM existing JOIN (${looks}) looks USING (${scope.join(', ')})
       QUALIFY row_number() OVER (PARTITION BY ${scope.join(', ')} ORDER BY _position = _at DESC, _position DESC) = 1`
    : 'SELECT * FROM existing WHERE false';
  // Where bronze holds something newer of the key, a deletion or a row in another partition, the same again is news.
  const overtaken = keySnapshotsOf(dataset.extraction) !== undefined && hasExisting;
  const on = (columns: readonly string[], other: string) => columns.map((c) => `s.${c} = ${other}.${c}`).join(' AND ');
  const heads = overtaken ? ` LEFT JOIN heads h ON ${on(dataset.key.map(ident), 'h')}` : '';
  const joined = `LEFT JOIN newest e ON ${on(scope, 'e')}${heads}`;
  const fresh = `(e._position IS NULL OR ${differs(dataset, 's', 'e')}${overtaken ? ' OR h._position > e._position' : ''})`;
  if (twice) {
    return `WITH newest AS (${newest}), versions AS (${versionsSql(dataset, scope)})
      SELECT s.* EXCLUDE (_version, _same_as_before) FROM versions s ${joined}
      WHERE CASE WHEN _version = 1 THEN ${fresh} ELSE NOT _same_as_before END`;
  }
  if (!hasExisting) return ALL_STAGED;
  return `WITH newest AS (${newest}) SELECT s.* FROM staged s ${joined} WHERE ${fresh}`;
}

/** One transaction of PostgreSQL shows a key once; documents may be seen again while they move. */
export async function holdsKeyTwice(session: Session, dataset: SourceDataset): Promise<boolean> {
  if (dataset.source.system === 'postgres') return false;
  const scope = [PARTITION_COLUMN, ...dataset.key].map(ident);
  const twice = `SELECT exists(SELECT 1 FROM staged GROUP BY ${scope.join(', ')} HAVING count(*) > 1)`;
  return (await session.value<boolean>(twice)) === true;
}

/** Staged versions of each key in their order; of two at one position the greater by its text. */
function versionsSql(dataset: SourceDataset, scope: readonly string[]): string {
  const once = `SELECT * FROM staged QUALIFY row_number() OVER (PARTITION BY ${scope.join(', ')}, _position ORDER BY ${rowText(dataset)} DESC) = 1`;
  const row = `row(${['_op', ...dataset.columns.map((c) => ident(c.name))].join(', ')})`;
  return `SELECT *, row_number() OVER versions AS _version, ${row} IS NOT DISTINCT FROM lag(${row}) OVER versions AS _same_as_before
    FROM (${once}) WINDOW versions AS (PARTITION BY ${scope.join(', ')} ORDER BY _position)`;
}

/** A table without a key is a multiset: as many copies of a row as the look that saw the most of them. */
function newInMultiset(dataset: SourceDataset, hasExisting: boolean): string {
  if (!hasExisting) return ALL_STAGED;
  const scope = [PARTITION_COLUMN, ...dataset.columns.map((c) => c.name)].map(ident);
  const numbered = (table: string) =>
    `SELECT *, row_number() OVER (PARTITION BY ${scope.join(', ')}) AS _copy FROM ${table}`;
  const same = [...scope, '_copy'].map((c) => `s.${c} IS NOT DISTINCT FROM e.${c}`).join(' AND ');
  return `SELECT s.* EXCLUDE (_copy) FROM (${numbered('staged')}) s ANTI JOIN (${numbered('existing')}) e ON ${same}`;
}

/** True where two versions of a key are not the same row: `_op` and every declared column, by value. */
export function differs(dataset: SourceDataset, a: string, b: string): string {
  const columns = ['_op', ...dataset.columns.map((c) => c.name).filter((c) => !dataset.key.includes(c))];
  return `(${columns.map((c) => `${a}.${ident(c)} IS DISTINCT FROM ${b}.${ident(c)}`).join(' OR ')})`;
}

const rowText = (dataset: SourceDataset): string =>
  `concat_ws('|', ${dataset.columns.map((c) => `coalesce(${ident(c.name)}::VARCHAR, '')`).join(', ')})`;
