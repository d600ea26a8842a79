import { PARTITION_COLUMN, type SourceDataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import { type Instant, instantFromMicros } from '../core/instant.ts';
import type { IntervalSet } from '../core/interval-set.ts';
import type { LakeColumn } from '../core/lake-columns.ts';
import { keySnapshotsOf } from '../core/source.ts';
import { ident, literal } from '../engine/sql-text.ts';
import type { ObserveInput } from './observe.ts';
import { bronzePartitionSql } from './partition-sql.ts';

/** All keys of the source at one position, beside the rows of the same look. */
export interface KeyLook {
  /** Parquet files with the key columns and the cursor. */
  readonly uris: readonly string[];
  readonly position: string;
  readonly observedAt: Instant;
  /** On the cursor's clock, after every cursor the look saw: the time that deletions bear. */
  readonly at: Instant;
}

/** What the files of a key look hold, as sources/key-part.ts reads it. */
export function keyColumns({ columns, extraction }: SourceDataset): LakeColumn[] {
  const cursor = extraction.kind === 'cursor' ? extraction.column : undefined;
  return columns.filter(({ key, name }) => key || name === cursor).map(({ name, sqlType }) => ({ name, sqlType }));
}

/**
 * Temp table `heads`: per key the newest observation up to the look's position, whatever its partition. Of two at one
 * position the deletion counts, as in the merge.
 */
export async function createHeads(input: ObserveInput): Promise<void> {
  const { session, dataset, keys: look } = input;
  const keys = dataset.key.map(ident).join(', ');
  const position = look ? look.position : '(SELECT max(_position) FROM staged)';
  await session.run(
    `CREATE OR REPLACE TEMP TABLE heads AS SELECT ${keys}, max(_position) AS _position,
       max_by(_op = 'd', (_position, _op = 'd')) AS deleted, max_by(${cursorOf(input)}, (_position, _op = 'd')) AS moved FROM everything WHERE _position <= ${position} GROUP BY ${keys}`,
  );
}

/**
 * The relation of deletions: keys that bronze holds and the look does not find, with their last known values. The cursor
 * is the time of the look, so that they lie in its day and after the row that they end.
 * @throws held when more would be deleted than the dataset allows
 */
export async function deletionsSql(input: ObserveInput, look: KeyLook): Promise<string> {
  const { session, dataset } = input;
  const keys = dataset.key.map(ident).join(', ');
  await session.run(
    `CREATE OR REPLACE TEMP TABLE gone AS SELECT ${keys}, _position FROM heads
     ANTI JOIN present USING (${keys}) ANTI JOIN staged USING (${keys}) WHERE NOT deleted`,
  );
  await refuseMassDeletion(input);
  // A table of its own: DuckDB 1.5.5 fails to bind the semi-join of files and the window in one statement.
  await session.run(
    `CREATE OR REPLACE TEMP TABLE ended AS SELECT * FROM everything SEMI JOIN gone USING (${keys}) WHERE _op <> 'd'`,
  );
  const last = `SELECT ended.* FROM ended JOIN gone USING (${keys}, _position)
    QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY ${cursorOf(input)} DESC) = 1`;
  return `SELECT * EXCLUDE (${PARTITION_COLUMN}), ${bronzePartitionSql(dataset)} AS ${PARTITION_COLUMN} FROM (
    SELECT * REPLACE ('d' AS _op, ${look.position}::BIGINT AS _position, ${literal(look.observedAt)}::TIMESTAMPTZ AS _observed_at,
      ${timeOfDeletion(input, look.at)}) FROM (${last}))`;
}

function timeOfDeletion(input: ObserveInput, at: Instant): string {
  const cursor = cursorOf(input);
  const isDate = input.dataset.columns.some((c) => ident(c.name) === cursor && c.sqlType === 'DATE');
  const time = isDate
    ? `greatest((${literal(at)}::TIMESTAMPTZ)::DATE, ${cursor})`
    : `greatest(${literal(at)}::TIMESTAMPTZ, ${cursor} + INTERVAL 1 microsecond)`;
  return `${time} AS ${cursor}`;
}

function cursorOf({ dataset }: ObserveInput): string {
  return ident(dataset.extraction.kind === 'cursor' ? dataset.extraction.column : '_observed_at');
}

async function refuseMassDeletion({ session, dataset }: ObserveInput): Promise<void> {
  const holdAbove = keySnapshotsOf(dataset.extraction)?.holdAbove ?? 1;
  const [counts] = await session.rows<{ alive: bigint; gone: bigint }>(
    `SELECT (SELECT count(*) FROM heads WHERE NOT deleted) AS alive, (SELECT count(*) FROM gone) AS gone`,
  );
  const { alive, gone } = counts ?? { alive: 0n, gone: 0n };
  const share = alive === 0n ? 0 : Number(gone) / Number(alive);
  if (share <= holdAbove) return;
  throw new StrataError(
    'held',
    `${dataset.name}: ${gone} of ${alive} keys (${Math.round(share * 100)} %) are gone from the source, more than ${holdAbove * 100} %`,
    {
      where: `${dataset.source.system} ${dataset.source.name}, ${dataset.relation}`,
      hint: 'Look at the source. If it is right, raise holdAbove of the cursor in the dataset; nothing was written.',
    },
  );
}

/**
 * The earliest cursor of a row that no look will bring although it is there: written under a time that had been looked at,
 * after its deletion (a row restored) or later than the source's clock allows. Reading again from there brings it.
 * @param settled where every row was seen for good. @param upper the look read rows before it; null: all
 */
export async function earliestMissed(
  input: ObserveInput,
  settled: IntervalSet,
  upper: Instant | null,
): Promise<Instant | undefined> {
  const keys = input.dataset.key.map(ident).join(', ');
  const cursor = `make_timestamp(epoch_us(${cursorOf(input)}::TIMESTAMPTZ))`;
  const moment = (at: Instant) => `${literal(at.replace('Z', ''))}::TIMESTAMP`;
  const seen = settled.map(({ start, end }) => `(${cursor} >= ${moment(start)} AND ${cursor} < ${moment(end)})`);
  const before = upper === null ? 'true' : `${cursor} < ${moment(upper)}`;
  const micros = await input.session.value<bigint>(
    `SELECT epoch_us(min(${cursor})) FROM present LEFT JOIN heads USING (${keys}) ANTI JOIN staged USING (${keys})
     WHERE ${before} AND (coalesce(deleted, false) OR (moved IS DISTINCT FROM ${cursorOf(input)} AND (${seen.join(' OR ') || 'false'})))`,
  );
  return micros === undefined || micros === null ? undefined : instantFromMicros(micros);
}
