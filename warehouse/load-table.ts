import { inBucketsSql } from '../engine/bucket-sql.ts';
import type { Session } from '../engine/session.ts';
import { ident, literal, readParquet } from '../engine/sql-text.ts';
import { tableName } from './ledger-tables.ts';
import { timeRanges } from './partition-ranges.ts';
import { refuseStrayRows } from './publication-rules.ts';
import { columnsOf } from './table-shape.ts';
import type { LoadedTable, PublishedTable } from './warehouse.ts';

/**
 * Deletes the rows of the changed partitions and inserts those of their files.
 * @throws corrupt when files hold rows that do not belong to their partitions: the next publication of those would leave them.
 */
export async function loadTable(session: Session, schema: string, table: PublishedTable): Promise<LoadedTable> {
  const name = tableName(schema, table.name);
  const changed = [...table.replacePartitions.map((p) => p.partition), ...table.dropPartitions];
  const within = changedRows(table, changed);
  const deleted = table.full ? 0 : await count(session, `DELETE FROM ${name} WHERE ${within}`);
  const uris = table.replacePartitions.flatMap((p) => p.uris);
  const columns = table.columns.map((c) => ident(c.name)).join(', ');
  const inserted =
    uris.length === 0
      ? 0
      : await count(
          session,
          `INSERT INTO ${name} (${columns}) SELECT ${columns} FROM ${readParquet(uris, table.columns)}`,
        );
  if (table.full || inserted > 0) {
    const present = Number(await session.value<bigint>(`SELECT count(*) FROM ${name} WHERE ${within}`));
    refuseStrayRows(table, inserted, present);
  }
  return { name: table.name, deleted, inserted };
}

/** A condition for the rows of these partitions: adjacent ones become one range. */
function changedRows(table: PublishedTable, partitions: readonly string[]): string {
  if (partitions.length === 0) return 'false';
  const { partitionBy } = table;
  if (partitionBy.kind === 'all') return 'true';
  if (partitionBy.kind === 'bucket') return inBucketsSql(partitionBy, partitions);
  const { column, type, ranges } = timeRanges(table, partitions);
  const bound = (at: string) => `${literal(at)}::${type}`;
  return ranges
    .map(({ from, to }) => `(${ident(column)} >= ${bound(from)} AND ${ident(column)} < ${bound(to)})`)
    .join(' OR ');
}

async function count(session: Session, statement: string): Promise<number> {
  return Number((await session.value<bigint>(statement)) ?? 0n);
}

export async function dropTable(session: Session, schema: string, table: string): Promise<LoadedTable> {
  const name = tableName(schema, table);
  const there = (await columnsOf(session, schema, table)).length > 0;
  const deleted = there ? Number(await session.value<bigint>(`SELECT count(*) FROM ${name}`)) : 0;
  await session.run(`DROP TABLE IF EXISTS ${name}`);
  return { name: table, deleted, inserted: 0 };
}
