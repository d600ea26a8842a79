import { BUCKET_OF_NULL, bucketNames } from '../../core/buckets.ts';
import type { PartitionBy } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';
import { timeRanges } from '../partition-ranges.ts';
import { refuseStrayRows } from '../publication-rules.ts';
import type { LoadedTable, PublishedTable } from '../warehouse.ts';
import type { RunOptions, SnowflakeClient } from './client.ts';
import { name, published, quoted } from './names.ts';
import type { Staging } from './staging.ts';
import { stagedRows } from './staging-table.ts';

/** What every statement of a load is told. */
export interface Load {
  readonly client: SnowflakeClient;
  readonly staging: Staging;
  /** True only while the ledger says that this attempt has moved it. */
  readonly fence: string;
  readonly run: (step: string) => RunOptions;
}

/**
 * Within the transaction: the changed partitions' rows become those of the staging table. A statement changes nothing
 * where the fence is down: a session whose transaction was ended from outside writes in transactions of its own.
 * @throws corrupt when files hold rows that do not belong to their partitions
 */
export async function loadTable(load: Load, index: number, table: PublishedTable): Promise<LoadedTable> {
  const whole = table.full === true || table.partitionBy.kind === 'all';
  const changed = table.replacePartitions.length + table.dropPartitions.length;
  if (changed === 0 && !whole) return { name: table.name, deleted: 0, inserted: 0 };
  if (whole && changed === 0 && table.full !== true) return { name: table.name, deleted: 0, inserted: 0 };
  return whole && table.key.length > 0 ? mergeRows(load, index, table) : replaceRows(load, index, table);
}

async function replaceRows(load: Load, index: number, table: PublishedTable): Promise<LoadedTable> {
  const { client, staging, fence, run } = load;
  const at = published(staging.place, table.name);
  const from = stagedRows(staging, index, table);
  const within = changedRows(table);
  const staged = await countStaged(load, table, from, within);
  const columns = table.columns.map((c) => name(c.name)).join(', ');
  const deleted = await client.run(`DELETE FROM ${at} WHERE (${within}) AND ${fence}`, run('delete'));
  const inserted =
    staged === 0
      ? 0
      : (
          await client.run(
            `INSERT INTO ${at} (${columns}) SELECT ${columns} FROM ${from} WHERE ${fence}`,
            run('insert'),
          )
        ).affected;
  if (inserted !== staged) throw fenced(table);
  return { name: table.name, deleted: deleted.affected, inserted };
}

/** A table that comes whole: rows that are the same stay, so that Snowflake rewrites and keeps little. */
async function mergeRows(load: Load, index: number, table: PublishedTable): Promise<LoadedTable> {
  const { client, staging, fence, run } = load;
  const at = published(staging.place, table.name);
  const from = stagedRows(staging, index, table);
  const keys = table.key.map(name);
  const rest = table.columns.map((c) => name(c.name)).filter((c) => !keys.includes(c));
  const all = [...keys, ...rest];
  const same = (a: string, b: string) => keys.map((k) => `${a}.${k} = ${b}.${k}`).join(' AND ');
  if (table.full === true) await countStaged(load, table, from, changedRows(table));
  const gone = await client.run(
    `DELETE FROM ${at} AS t WHERE NOT EXISTS (SELECT 1 FROM ${from} AS s WHERE ${same('s', 't')}) AND ${fence}`,
    run('delete'),
  );
  const differs = rest.map((c) => `t.${c} IS DISTINCT FROM s.${c}`).join(' OR ');
  const update =
    rest.length === 0
      ? ''
      : `WHEN MATCHED AND (${differs}) THEN UPDATE SET ${rest.map((c) => `${c} = s.${c}`).join(', ')} `;
  const merged = await client.run(
    `MERGE INTO ${at} AS t USING (SELECT * FROM ${from} WHERE ${fence}) AS s ON ${same('t', 's')} ${update}WHEN NOT MATCHED THEN INSERT (${all.join(', ')}) VALUES (${all.map((c) => `s.${c}`).join(', ')})`,
    run('merge'),
  );
  return { name: table.name, deleted: gone.affected, inserted: merged.affected };
}

/** @returns the rows of a staging table. @throws corrupt unless all of them lie in the changed partitions */
async function countStaged(
  { client, run }: Load,
  table: PublishedTable,
  from: string,
  within: string,
): Promise<number> {
  const { rows } = await client.run(
    `SELECT COUNT(*), COUNT(CASE WHEN ${within} THEN 1 END) FROM ${from}`,
    run('check'),
  );
  const [staged, belonging] = (rows[0] ?? []).map(Number);
  refuseStrayRows(table, staged ?? 0, belonging ?? 0);
  return staged ?? 0;
}

/** A condition for the rows of the partitions that this publication replaces or drops. */
function changedRows(table: PublishedTable): string {
  const { partitionBy } = table;
  const partitions = [...table.replacePartitions.map((p) => p.partition), ...table.dropPartitions];
  if (partitionBy.kind === 'all') return 'TRUE';
  if (partitions.length === 0) return 'FALSE';
  if (partitionBy.kind === 'bucket') return inBuckets(partitionBy, partitions);
  const { column, type, ranges } = timeRanges(table, partitions);
  const cast = type === 'DATE' ? 'DATE' : 'TIMESTAMP_LTZ';
  const bound = (at: string) => `CAST(${quoted(at)} AS ${cast})`;
  return ranges
    .map(({ from, to }) => `(${name(column)} >= ${bound(from)} AND ${name(column)} < ${bound(to)})`)
    .join(' OR ');
}

/** As core/buckets.ts defines them: the first 32 bits of the md5 of the key's text. */
function inBuckets({ column, count }: PartitionBy & { kind: 'bucket' }, partitions: readonly string[]): string {
  const all = bucketNames(count);
  const first32 = `TO_NUMBER(SUBSTR(MD5(CAST(${name(column)} AS VARCHAR)), 1, 8), 'XXXXXXXX')`;
  const numbers = partitions.map((partition) => all.indexOf(partition));
  return `COALESCE(MOD(${first32}, ${count}), ${BUCKET_OF_NULL}) IN (${numbers.join(', ')})`;
}

/** Empties a table that no longer exists; it is dropped after the commit. */
export async function emptyTable({ client, staging, fence, run }: Load, table: string): Promise<LoadedTable> {
  const { affected } = await client.run(`DELETE FROM ${published(staging.place, table)} WHERE ${fence}`, run('drop'));
  return { name: table, deleted: affected, inserted: 0 };
}

export const fenced = ({ name: table }: { name: string }): StrataError =>
  new StrataError('conflict', `${table}: the transaction was ended from outside while it was loaded`, {
    hint: 'Another publisher found this one silent for minutes. It is tried again; nothing of it can be seen.',
  });
