import { StrataError } from '../core/errors.ts';
import { intervalOf } from '../core/interval.ts';
import { union } from '../core/interval-set.ts';
import { inBucketsSql } from '../engine/bucket-sql.ts';
import type { Session } from '../engine/session.ts';
import { ident, literal, readParquet } from '../engine/sql-text.ts';
import { tableName } from './ledger-tables.ts';
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
    if (present !== inserted) {
      throw new StrataError(
        'corrupt',
        `${table.name}: of ${inserted} rows only ${present} lie in the partitions whose files hold them`,
        { where: table.name, hint: 'Rebuild these partitions in the lake. Readers keep the last cut.' },
      );
    }
  }
  return { name: table.name, deleted, inserted };
}

/** A condition for the rows of these partitions: adjacent ones become one range. */
function changedRows(table: PublishedTable, partitions: readonly string[]): string {
  if (partitions.length === 0) return 'false';
  const { partitionBy } = table;
  if (partitionBy.kind === 'all') return 'true';
  if (partitionBy.kind === 'bucket') return inBucketsSql(partitionBy, partitions);
  const type = table.columns.find((c) => c.name === partitionBy.column)?.sqlType;
  if (type !== 'DATE' && type !== 'TIMESTAMPTZ') {
    throw new StrataError('bad_definition', `${table.name}: the partition column ${partitionBy.column} is no time`, {
      where: table.name,
      hint: 'Partition by a date() or timestamp() column that the table has.',
    });
  }
  const column = ident(partitionBy.column);
  const bound = (at: string) => `${literal(type === 'DATE' ? at.slice(0, 10) : at)}::${type}`;
  const ranges = union(
    partitions.map((p) => intervalOf(p, partitionBy.grain)),
    [],
  );
  return ranges.map(({ start, end }) => `(${column} >= ${bound(start)} AND ${column} < ${bound(end)})`).join(' OR ');
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
