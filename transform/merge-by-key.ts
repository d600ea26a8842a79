import { StrataError } from '../core/errors.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import { belongs } from '../core/partitions.ts';
import { ident, readParquet } from '../engine/sql-text.ts';
import type { MergeInput } from './build-input.ts';
import type { BuildOutput, BuiltPartition } from './build-output.ts';
import { buildCandidates, keyText } from './candidates.ts';
import {
  addDigest,
  type Digest,
  digestOf,
  digestSql,
  NO_ROWS,
  parseDigest,
  printDigest,
  subtractDigest,
} from './digest.ts';
import { writeKeyChanges } from './key-changes.ts';
import { createNewContent, writeContent } from './new-content.ts';
import { emptied } from './other-layout.ts';
import { rowPartitionSql } from './partition-sql.ts';
import { writeObservationQuarantine } from './quarantine-files.ts';
import { writeTombstones } from './tombstones.ts';
import { dropBeaten, dropOlderCandidates, dropUnchanged, keysOf } from './winners.ts';

/** More files than this in a partition and an append becomes a rewrite, so that partitions stay few files. */
const FILES_PER_PARTITION = 8;

/**
 * Merges observations into a table: per key the greatest rank wins (see compareRank), whatever the order of merges.
 * Temp tables: `won` the observations that win; `entering` those of them that are rows; `removed` the rows that leave.
 */
export async function mergeByKey(input: MergeInput): Promise<BuildOutput> {
  const { dataset, current, digests, work } = input;
  const left = [...digests.keys()].filter((name) => !belongs(dataset.partitionBy, name));
  if (left.length === 0) return merge(input);
  const own = (name: string) => belongs(dataset.partitionBy, name);
  const held = current.filter(({ partition }) => !own(partition));
  if (work.kind !== 'remerge' && held.length > 0) {
    throw new StrataError('internal', `${dataset.name} holds rows of another layout, in ${held[0]?.partition}`);
  }
  const output = await merge({
    ...input,
    current: current.filter(({ partition }) => own(partition)),
    digests: new Map([...digests].filter(([name]) => own(name))),
  });
  return { ...output, partitions: [...output.partitions, ...emptied(work.kind === 'remerge' ? left : [])] };
}

async function merge(input: MergeInput): Promise<BuildOutput> {
  const { session } = input;
  await buildCandidates(input);
  await dropOlderCandidates(input);
  await dropBeaten(input);
  await createEntering(input);
  await findRemoved(input);
  const tombstones = await writeTombstones(input);
  await dropUnchanged(input);

  const { rewritten, appended } = await touchedPartitions(input);
  await createNewContent(input, rewritten);
  const audits = await input.audit('new_content');
  const files = new Map([
    ...(await writeContent(input, rewritten, rewritten)),
    ...(await writeContent(input, appended, [])),
  ]);
  const digests = await newDigests(input);
  const touched = [...new Set([...rewritten, ...appended, ...confirmed(input)])].sort();
  const partitions = touched.map((partition): BuiltPartition => {
    const digest = digests.get(partition) ?? digestBefore(input, partition);
    const mode = rewritten.includes(partition) ? 'replace' : appended.includes(partition) ? 'append' : 'keep';
    return { partition, digest: printDigest(digest), rows: digest.rows, files: files.get(partition) ?? [], mode };
  });
  const quarantine = await writeObservationQuarantine(input);
  const keyChanges = await writeKeyChanges(input);
  const [counts] = await session.rows<{ rows_in: bigint; rows_out: bigint }>(
    `SELECT (SELECT count(*) FROM ${ident(input.raw.name)}) AS rows_in, (SELECT count(*) FROM entering) AS rows_out`,
  );
  return {
    partitions,
    quarantine,
    audits,
    ...(tombstones && { tombstones }),
    ...(keyChanges && { keyChanges }),
    counts: {
      rowsIn: Number(counts?.rows_in),
      rowsOut: Number(counts?.rows_out),
      quarantined: quarantine.reduce((sum, file) => sum + file.rows, 0),
    },
  };
}

/** View `entering`: the winners that are rows, as the table stores them. A tie equal to the key's text is not stored. */
async function createEntering({ session, dataset }: MergeInput): Promise<void> {
  const stored = `SELECT * REPLACE (nullif(_tie, ${keyText(dataset.key)}) AS _tie) FROM won WHERE _op <> 'd'`;
  await session.run(`CREATE OR REPLACE TEMP VIEW entering AS ${stored}`);
}

/**
 * Rows of the table whose key is among the winners; in a rebuild also those whose observation now gives another key; all
 * of them when the table is made anew.
 */
async function findRemoved(input: MergeInput): Promise<void> {
  const { session, dataset, work } = input;
  const held = await distinctPartitions(input, `held SEMI JOIN won USING (${keysOf(dataset)})`);
  const partitions = new Set([...held, ...confirmed(input)]);
  const files = input.current.filter((f) => partitions.has(f.partition)).map((f) => f.uri);
  const present = `(SELECT *, ${rowPartitionSql(dataset)} AS _partition FROM ${readParquet(files, lakeColumns(dataset))})`;
  // By way of `held`, which is small: `won` may have millions of keys that the table never had.
  const replaced = `SELECT c.* FROM ${present} c SEMI JOIN (SELECT * FROM held SEMI JOIN won USING (${keysOf(dataset)})) USING (${keysOf(dataset)})`;
  const rekeyed = `SELECT c.* FROM (SELECT * FROM ${present} ANTI JOIN won USING (${keysOf(dataset)})) c
    SEMI JOIN reproduced b
    ON b._bronze_partition = c._bronze_partition AND b._position = c._position AND b._tie = coalesce(c._tie, ${keyText(dataset.key, 'c')})`;
  const query = {
    merge: replaced,
    rebuild: `${replaced} UNION ALL BY NAME ${rekeyed}`,
    remerge: `SELECT * FROM ${present}`,
  };
  await session.run(`CREATE OR REPLACE TEMP TABLE removed AS ${query[work.kind]}`);
}

/** Partitions that the ledger hears of even when they come out as they were. */
function confirmed({ work, digests }: MergeInput): readonly string[] {
  if (work.kind === 'rebuild') return work.partitions;
  return work.kind === 'remerge' ? [...digests.keys()] : [];
}

async function touchedPartitions(input: MergeInput): Promise<{ rewritten: string[]; appended: string[] }> {
  const leaving = new Set(await distinctPartitions(input, 'removed'));
  const arriving = await distinctPartitions(input, 'entering');
  const full = (partition: string) =>
    input.current.filter((f) => f.partition === partition).length >= FILES_PER_PARTITION;
  const appended = arriving.filter((p) => !leaving.has(p) && !full(p));
  const rewritten = [...new Set([...leaving, ...arriving.filter((p) => !appended.includes(p))])];
  return { rewritten, appended };
}

async function distinctPartitions({ session }: MergeInput, relation: string): Promise<string[]> {
  const rows = await session.rows<{ p: string }>(`SELECT DISTINCT _partition AS p FROM ${relation} ORDER BY p`);
  return rows.map((row) => row.p);
}

/** The digests of touched partitions, from what they were, what left and what came: no partition is read for it. */
async function newDigests(input: MergeInput): Promise<Map<string, Digest>> {
  const sums = (relation: string) =>
    input.session.rows<{ p: string; digest_rows: bigint; digest_sum: string }>(
      `SELECT _partition AS p, ${digestSql(input.dataset.columns.map((c) => c.name))} FROM ${relation} GROUP BY ALL`,
    );
  const digests = new Map<string, Digest>();
  for (const row of await sums('removed'))
    digests.set(row.p, subtractDigest(digestBefore(input, row.p), digestOf(row)));
  for (const row of await sums('entering')) {
    digests.set(row.p, addDigest(digests.get(row.p) ?? digestBefore(input, row.p), digestOf(row)));
  }
  return digests;
}

function digestBefore(input: MergeInput, partition: string): Digest {
  const digest = input.digests.get(partition);
  return digest === undefined ? NO_ROWS : parseDigest(digest);
}
