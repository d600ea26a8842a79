import { PARTITION_COLUMN, type SourceDataset } from '../core/dataset.ts';
import { ident } from '../engine/sql-text.ts';

export const ALL_STAGED = 'SELECT * FROM staged';

/**
 * Staged rows that differ from their key's newest version in the same cursor partition. Compared by value: A, B, A in one
 * partition keeps all three, and the same A seen twice in a row is kept once. Two versions of a key at one position (a
 * document that moved while it was read) leave one: the greater by its text.
 */
export function newInCursorPartitions(dataset: SourceDataset, hasExisting: boolean): string {
  const { key } = dataset;
  if (key.length === 0) return newInMultiset(dataset, hasExisting);
  const scope = [PARTITION_COLUMN, ...key].map(ident);
  const staged = `SELECT * FROM staged QUALIFY row_number() OVER (PARTITION BY ${scope.join(', ')} ORDER BY _position DESC, ${rowText(dataset)} DESC) = 1`;
  // One extraction reads a key once: the window is paid for only where documents may be seen twice.
  const once = dataset.source.system === 'postgres' ? ALL_STAGED : staged;
  if (!hasExisting) return once;
  const newest = `SELECT * FROM existing SEMI JOIN staged USING (${scope.join(', ')}) QUALIFY row_number() OVER (PARTITION BY ${scope.join(', ')} ORDER BY _position DESC) = 1`;
  return `WITH staged_once AS (${once}), newest AS (${newest})
    SELECT s.* FROM staged_once s LEFT JOIN newest e ON ${scope.map((c) => `s.${c} = e.${c}`).join(' AND ')}
    WHERE e._position IS NULL OR ${differs(dataset, 's', 'e')}`;
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
