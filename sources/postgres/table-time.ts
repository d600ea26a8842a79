import type pg from 'pg';
import type { SourceDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';
import { type Instant, instantFromMicros } from '../../core/instant.ts';
import type { Cursor } from './bounds.ts';
import type { PgRelation } from './catalog.ts';

/** Least and greatest cursor of the whole table; both null when it is empty. */
export interface TableTime {
  readonly least: Instant | null;
  readonly greatest: Instant | null;
}

/** @throws source_mismatch for a cursor that is NULL, infinite or outside the years 1 to 9999: such rows would never be read */
export async function tableTime(
  client: pg.Client,
  dataset: SourceDataset,
  relation: PgRelation,
  cursor: Cursor,
): Promise<TableTime> {
  const column = cursor.sql;
  const { rows } = await client.query<{ finite: boolean | null; least: string | null; greatest: string | null }>(
    `select finite, case when finite then ${cursor.micros('least')} end as least, case when finite then ${cursor.micros('greatest')} end as greatest
     from (select least, greatest, isfinite(least) and isfinite(greatest) and least >= '0001-01-01' and greatest < '10000-01-01' as finite
           from (select (select min(${column}) from ${relation.sql}) as least, (select max(${column}) from ${relation.sql}) as greatest) ends) checked`,
  );
  const { finite, least, greatest } = rows[0]!;
  if (finite === false) throw unusable(dataset, cursor, 'is infinite or outside the years 1 to 9999 in some rows');
  if (!cursor.notNull) {
    const nulls = await client.query(`select from ${relation.sql} where ${column} is null limit 1`);
    if (nulls.rowCount) throw unusable(dataset, cursor, 'is NULL in some rows, which no range would ever read');
  }
  const moment = (micros: string | null) => (micros === null ? null : instantFromMicros(BigInt(micros)));
  return { least: moment(least), greatest: moment(greatest) };
}

function unusable(dataset: SourceDataset, cursor: Cursor, why: string): StrataError {
  return new StrataError('source_mismatch', `The cursor ${cursor.attribute} of ${dataset.relation} ${why}`, {
    where: dataset.name,
    hint: 'Correct those rows (and forbid new ones with NOT NULL or CHECK), or read the table by snapshot().',
  });
}
