import type { DerivedDataset } from '../core/dataset.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import { positionDecides } from '../core/winner.ts';
import { ident, readParquet } from '../engine/sql-text.ts';
import type { MergeInput } from './build-input.ts';
import { keyText } from './candidates.ts';
import { rowPartitionSql } from './partition-sql.ts';
import { tombstoneColumns } from './tombstones.ts';

// `won` starts as every valid candidate. What loses is deleted from it: losers are few, so this copies next to nothing.

export const keysOf = (dataset: DerivedDataset): string => dataset.key.map(ident).join(', ');

const sameKey = (dataset: DerivedDataset, a: string, b: string): string =>
  dataset.key.map((k) => `${a}.${ident(k)} = ${b}.${ident(k)}`).join(' AND ');

const latestBy = (dataset: DerivedDataset): string =>
  ident(dataset.write.kind === 'merge' ? dataset.write.latestBy : '');

/** See compareRank. Where the tie is the key's own text, all rivals are versions of one source row. */
function order({ dataset, raw }: MergeInput, alias: string): string {
  const version = positionDecides(raw.dataset)
    ? `CASE WHEN ${alias}._tie = ${keyText(dataset.key, alias)} THEN ${alias}._position ELSE 0 END, `
    : '';
  return `(${version}${alias}.${latestBy(dataset)}, ${alias}._position, ${alias}._tie)`;
}

/** Leaves one candidate per key in `won`: the greatest by its rank. */
export async function dropOlderCandidates(input: MergeInput): Promise<void> {
  const { session, dataset } = input;
  const twice = await session.value<boolean>(
    `SELECT exists(SELECT 1 FROM won GROUP BY ${keysOf(dataset)} HAVING count(*) > 1)`,
  );
  if (!twice) return;
  await session.run(
    `DELETE FROM won WHERE rowid IN (SELECT row FROM (
       SELECT rowid AS row, row_number() OVER (PARTITION BY ${keysOf(dataset)} ORDER BY ${order(input, 'won')} DESC) AS place FROM won
     ) WHERE place > 1)`,
  );
}

/**
 * Takes out of `won` what the table or a tombstone beats. An equal observation stays: it was transformed anew. Leaves the
 * temp tables `held` (key, order and partition of the table's rows whose keys are in `won`) and `tombstones`.
 */
export async function dropBeaten(input: MergeInput): Promise<void> {
  const { session, dataset } = input;
  const fresh = input.work.kind === 'remerge';
  const current = fresh ? [] : input.current.map((f) => f.uri);
  await session.run(
    `CREATE OR REPLACE TEMP TABLE held AS
     SELECT ${keysOf(dataset)}, ${latestBy(dataset)}, _position, coalesce(_tie, ${keyText(dataset.key)}) AS _tie,
       ${rowPartitionSql(dataset)} AS _partition
     FROM ${readParquet(current, lakeColumns(dataset))} SEMI JOIN won USING (${keysOf(dataset)})`,
  );
  const tombstones = fresh || input.tombstones === undefined ? [] : [input.tombstones];
  await session.run(
    `CREATE OR REPLACE TEMP TABLE tombstones AS SELECT * FROM ${readParquet(tombstones, tombstoneColumns(dataset))}`,
  );
  for (const against of ['held', 'tombstones']) {
    if (await isEmpty(input, against)) continue;
    await session.run(
      `DELETE FROM won WHERE EXISTS (SELECT 1 FROM ${against} h WHERE ${sameKey(dataset, 'h', 'won')} AND ${order(input, 'h')} > ${order(input, 'won')})`,
    );
  }
}

/** A winner equal to the row it replaces, in every stored column, changes nothing: neither leaves nor enters. */
export async function dropUnchanged(input: MergeInput): Promise<void> {
  const { session, dataset } = input;
  if (await isEmpty(input, 'removed')) return;
  const stored = [...lakeColumns(dataset).map((c) => ident(c.name)), '_partition'];
  await session.run(
    `CREATE OR REPLACE TEMP TABLE unchanged AS
     SELECT ${dataset.key.map((k) => `e.${ident(k)}`).join(', ')} FROM entering e JOIN removed r ON ${sameKey(dataset, 'e', 'r')}
     WHERE ${stored.map((c) => `e.${c} IS NOT DISTINCT FROM r.${c}`).join(' AND ')}`,
  );
  if (await isEmpty(input, 'unchanged')) return;
  for (const table of ['won', 'removed']) {
    await session.run(
      `DELETE FROM ${table} WHERE EXISTS (SELECT 1 FROM unchanged u WHERE ${sameKey(dataset, 'u', table)})`,
    );
  }
}

async function isEmpty({ session }: MergeInput, table: string): Promise<boolean> {
  return (await session.value<boolean>(`SELECT NOT exists(SELECT 1 FROM ${table})`)) === true;
}
