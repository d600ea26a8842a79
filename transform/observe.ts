import type { SourceDataset } from '../core/dataset.ts';
import { PARTITION_COLUMN } from '../core/dataset.ts';
import { type LakeColumn, lakeColumns } from '../core/lake-columns.ts';
import type { Session } from '../engine/session.ts';
import { ident, readParquet } from '../engine/sql-text.ts';
import type { BuildOutput, BuiltPartition } from './build-output.ts';
import { addDigest, digestOf, digestSql, NO_ROWS, parseDigest, printDigest } from './digest.ts';
import { ALL_STAGED, newInCursorPartitions } from './observe-cursor.ts';
import { differencesFromHead } from './observe-snapshot.ts';
import { bronzePartitionSql } from './partition-sql.ts';
import { writePartitions } from './write-partitions.ts';

export interface ObserveInput {
  readonly session: Session;
  readonly dataset: SourceDataset;
  /** Parquet of the extraction, with bronze's columns. */
  readonly staged: readonly string[];
  /** Bronze's files: of the partitions that `touchedPartitions` names, or of the whole table for a snapshot. */
  readonly existing: readonly { readonly uri: string; readonly partition: string }[];
  /** What the ledger says of the partitions so far. */
  readonly digests: ReadonlyMap<string, string>;
  readonly directory: string;
  /** A person has agreed that this snapshot deletes as much as it does. */
  readonly deletionsApproved?: boolean;
}

/** Bronze partitions that the staged rows belong to. */
export async function touchedPartitions(
  session: Session,
  dataset: SourceDataset,
  staged: readonly string[],
): Promise<string[]> {
  const rows = await session.rows<{ p: string }>(
    `SELECT DISTINCT ${bronzePartitionSql(dataset)} AS p FROM ${readParquet(staged, lakeColumns(dataset))} ORDER BY p`,
  );
  return rows.map((row) => row.p);
}

/**
 * The bronze rule: what an extraction saw, less what bronze knows already. Never replaces, only appends.
 * @throws held when a snapshot would delete more than the dataset allows.
 */
export async function observe(input: ObserveInput): Promise<BuildOutput> {
  const { session, dataset, directory } = input;
  const columns = lakeColumns(dataset);
  await createView(session, 'staged', input.staged, columns, bronzePartitionSql(dataset));
  await createView(
    session,
    'existing',
    input.existing.map((f) => f.uri),
    columns,
    bronzePartitionSql(dataset),
  );
  const hasExisting = input.existing.length > 0;
  const query =
    dataset.extraction.kind === 'snapshot'
      ? await differencesFromHead(input, hasExisting)
      : await newInCursorPartitions(session, dataset, hasExisting);
  // What needs no comparison is not copied: it is read twice from the staged files instead.
  const observed = query === ALL_STAGED ? 'staged' : 'observed';
  if (observed === 'observed') await session.run(`CREATE OR REPLACE TEMP TABLE observed AS ${query}`);

  const rowsIn = Number(await session.value<bigint>('SELECT count(*) FROM staged'));
  const partitions = await appended(input, columns);
  const rowsOut = partitions.reduce((sum, p) => sum + p.files.reduce((n, f) => n + f.rows, 0), 0);
  return { partitions, quarantine: [], audits: [], counts: { rowsIn, rowsOut, quarantined: 0 } };

  async function appended(from: ObserveInput, all: readonly LakeColumn[]): Promise<BuiltPartition[]> {
    const added = await session.rows<{ p: string; digest_rows: bigint; digest_sum: string }>(
      `SELECT ${PARTITION_COLUMN} AS p, ${digestSql(all.map((c) => c.name))} FROM ${observed} GROUP BY ${PARTITION_COLUMN} ORDER BY p`,
    );
    const names = added.map((row) => row.p);
    const files = await writePartitions(session, observed, all, names, directory);
    return added.map((row) => {
      const before = from.digests.get(row.p);
      const digest = addDigest(before === undefined ? NO_ROWS : parseDigest(before), digestOf(row));
      return {
        partition: row.p,
        digest: printDigest(digest),
        rows: digest.rows,
        files: files.get(row.p) ?? [],
        mode: 'append',
      };
    });
  }
}

async function createView(
  session: Session,
  name: string,
  uris: readonly string[],
  columns: readonly LakeColumn[],
  partition: string,
): Promise<void> {
  await session.run(
    `CREATE OR REPLACE TEMP VIEW ${ident(name)} AS SELECT *, ${partition} AS ${PARTITION_COLUMN} FROM ${readParquet(uris, columns)}`,
  );
}
