import type { SourceDataset } from '../core/dataset.ts';
import { PARTITION_COLUMN } from '../core/dataset.ts';
import type { Instant } from '../core/instant.ts';
import type { IntervalSet } from '../core/interval-set.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import { keySnapshotsOf } from '../core/source.ts';
import type { Session } from '../engine/session.ts';
import { ident, readParquet } from '../engine/sql-text.ts';
import type { BuildOutput, BuiltPartition, LocalFile } from './build-output.ts';
import { addDigest, type Digest, digestOf, digestSql, NO_ROWS, parseDigest, printDigest } from './digest.ts';
import { ALL_STAGED, holdsKeyTwice, newInCursorPartitions } from './observe-cursor.ts';
import { createHeads, deletionsSql, earliestMissed, type KeyLook, keyColumns } from './observe-keys.ts';
import { differencesFromHead } from './observe-snapshot.ts';
import { bronzePartitionSql } from './partition-sql.ts';
import { adoptable, describeStaged, partitionsOf, type StagedPart } from './staged-files.ts';
import { writePartitions } from './write-partitions.ts';

export interface ObserveInput {
  readonly session: Session;
  readonly dataset: SourceDataset;
  /** Parquet of the extraction, with bronze's columns, as `surveyStaged` found it. */
  readonly staged: readonly StagedPart[];
  /** Bronze's files: of the partitions of `staged`, or of the whole table for a snapshot and where deletions are looked for. */
  readonly existing: readonly { readonly uri: string; readonly partition: string }[];
  /** What the ledger says of the partitions so far. */
  readonly digests: ReadonlyMap<string, string>;
  readonly directory: string;
  /** All keys of the source, where the look read them. */
  readonly keys?: KeyLook;
  /** A person has agreed that this snapshot deletes as much as it does. */
  readonly deletionsApproved?: boolean;
}

/** New rows of one partition. */
interface Appended {
  readonly digest: Digest;
  readonly files: readonly LocalFile[];
}

/**
 * The bronze rule: what an extraction saw, less what bronze knows already. Never replaces, only appends. Staged files
 * that need no comparison are not written again.
 * @throws held when a snapshot would delete more than the dataset allows.
 */
export async function observe(input: ObserveInput): Promise<BuildOutput> {
  const deleted = await deletions(input);
  const adopted = await adoptableParts(input);
  const whole = new Set(adopted.map(({ uri }) => uri));
  const rest = input.staged.filter(({ uri }) => !whole.has(uri));
  const appended = [await adopt(input, adopted), await appendNew(input, rest), deleted];

  const names = [...new Set(appended.flatMap((each) => [...each.keys()]))].sort();
  const partitions = names.map((partition): BuiltPartition => {
    const before = input.digests.get(partition);
    const added = appended.flatMap((each) => each.get(partition) ?? []);
    const start = before === undefined ? NO_ROWS : parseDigest(before);
    const digest = added.reduce((sum, each) => addDigest(sum, each.digest), start);
    const files = added.flatMap((each) => each.files);
    return { partition, digest: printDigest(digest), rows: digest.rows, files, mode: 'append' };
  });
  const rowsIn = input.staged.reduce((sum, { rows }) => sum + rows, 0);
  const rowsOut = partitions.reduce((sum, p) => sum + p.files.reduce((n, f) => n + f.rows, 0), 0);
  return { partitions, quarantine: [], audits: [], counts: { rowsIn, rowsOut, quarantined: 0 } };
}

/** Leaves `heads` behind where deletions are looked for. */
async function deletions(input: ObserveInput): Promise<Map<string, Appended>> {
  if (!keySnapshotsOf(input.dataset.extraction) || input.existing.length === 0) return new Map();
  await createKeyViews(input);
  if (!input.keys) return new Map();
  await input.session.run(`CREATE OR REPLACE TEMP TABLE deleted AS ${await deletionsSql(input, input.keys)}`);
  return write(input, 'deleted');
}

/**
 * Where a look must begin to bring the rows that this one missed, see earliestMissed; undefined: none is missing.
 * @param settled where every row was seen for good. @param upper the look read rows before it; null: all
 */
export async function missedBehindCursor(
  input: ObserveInput,
  settled: IntervalSet,
  upper: Instant | null,
): Promise<Instant | undefined> {
  if (!input.keys || input.existing.length === 0) return undefined;
  await createKeyViews(input);
  return earliestMissed(input, settled, upper);
}

async function createKeyViews(input: ObserveInput): Promise<void> {
  const { session, dataset, keys } = input;
  await createView(input, 'staged', uris(input.staged));
  await createView(input, 'everything', uris(input.existing));
  const columns = keyColumns(dataset);
  await session.run(`CREATE OR REPLACE TEMP VIEW present AS SELECT * FROM ${readParquet(keys?.uris ?? [], columns)}`);
  await createHeads(input);
}

async function adoptableParts(input: ObserveInput): Promise<StagedPart[]> {
  const { session, dataset, staged, existing } = input;
  if (dataset.extraction.kind === 'snapshot' && existing.length > 0) return [];
  const found = adoptable(staged, partitionsOf(existing));
  if (found.length === 0 || dataset.key.length === 0) return found;
  await createView(input, 'staged', uris(staged));
  return (await holdsKeyTwice(session, dataset)) ? [] : found;
}

async function adopt(input: ObserveInput, parts: readonly StagedPart[]): Promise<Map<string, Appended>> {
  if (parts.length === 0) return new Map();
  const { session, dataset } = input;
  await createView(input, 'adopted', uris(parts));
  const digests = await digestsOf(input, 'adopted');
  const files = new Map<string, LocalFile[]>();
  for (const part of parts) {
    const file = await describeStaged(session, part, lakeColumns(dataset));
    files.set(part.partition, [...(files.get(part.partition) ?? []), file]);
  }
  return new Map([...digests].map(([partition, digest]) => [partition, { digest, files: files.get(partition) ?? [] }]));
}

async function appendNew(input: ObserveInput, parts: readonly StagedPart[]): Promise<Map<string, Appended>> {
  const { session, dataset, existing } = input;
  // A snapshot without rows says something too: that all rows are gone.
  if (parts.length === 0 && dataset.extraction.kind === 'cursor') return new Map();
  if (parts.length === 0 && existing.length === 0) return new Map();
  const touched = partitionsOf(parts);
  const compared =
    dataset.extraction.kind === 'snapshot' ? existing : existing.filter(({ partition }) => touched.has(partition));
  await createView(input, 'staged', uris(parts));
  await createView(input, 'existing', uris(compared));
  const hasExisting = compared.length > 0;
  const query =
    dataset.extraction.kind === 'snapshot'
      ? await differencesFromHead(input, hasExisting)
      : await newInCursorPartitions(session, dataset, hasExisting);
  // What needs no comparison is not copied: it is read twice from the staged files instead.
  const observed = query === ALL_STAGED ? 'staged' : 'observed';
  if (observed === 'observed') await session.run(`CREATE OR REPLACE TEMP TABLE observed AS ${query}`);
  return write(input, observed);
}

async function write(input: ObserveInput, relation: string): Promise<Map<string, Appended>> {
  const { session, dataset, directory } = input;
  const digests = await digestsOf(input, relation);
  const files = await writePartitions(session, relation, lakeColumns(dataset), [...digests.keys()], directory);
  return new Map([...digests].map(([partition, digest]) => [partition, { digest, files: files.get(partition) ?? [] }]));
}

async function digestsOf({ session, dataset }: ObserveInput, relation: string): Promise<Map<string, Digest>> {
  const columns = lakeColumns(dataset).map((c) => c.name);
  const rows = await session.rows<{ p: string; digest_rows: bigint; digest_sum: string }>(
    `SELECT ${PARTITION_COLUMN} AS p, ${digestSql(columns)} FROM ${relation} GROUP BY ${PARTITION_COLUMN} ORDER BY p`,
  );
  return new Map(rows.map((row) => [row.p, digestOf(row)]));
}

const uris = (files: readonly { readonly uri: string }[]): string[] => [...new Set(files.map(({ uri }) => uri))];

async function createView({ session, dataset }: ObserveInput, name: string, files: readonly string[]): Promise<void> {
  const relation = readParquet(files, lakeColumns(dataset));
  await session.run(
    `CREATE OR REPLACE TEMP VIEW ${ident(name)} AS SELECT *, ${bronzePartitionSql(dataset)} AS ${PARTITION_COLUMN} FROM ${relation}`,
  );
}
