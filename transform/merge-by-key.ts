import { lakeColumns } from '../core/lake-columns.ts';
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
import { withPartition } from './input-views.ts';
import { writeKeyChanges } from './key-changes.ts';
import { rowPartitionSql } from './partition-sql.ts';
import { writeObservationQuarantine } from './quarantine-files.ts';
import { tombstoneColumns, writeTombstones } from './tombstones.ts';
import { writePartitions } from './write-partitions.ts';

/** More files than this in a partition and an append becomes a rewrite, so that partitions stay few files. */
const FILES_PER_PARTITION = 8;

/**
 * Merges observations into a table: per key the greatest (latestBy, position, tie) wins, whatever the order of merges.
 * Temp tables: `built` all transformed observations; `won` the rows that enter; `removed` the rows that leave.
 */
export async function mergeByKey(input: MergeInput): Promise<BuildOutput> {
  const { session, dataset, directory } = input;
  const columns = lakeColumns(dataset);
  await buildCandidates(input);
  await findWinners(input);
  await dropBeaten(input);
  await findRemoved(input);
  const tombstones = await writeTombstones(input);
  await dropUnchanged(input);

  const rewritten = await distinctPartitions(input, 'removed');
  const arriving = await distinctPartitions(input, `(SELECT * FROM won WHERE _op <> 'd')`);
  const filesOf = new Map<string, number>();
  for (const file of input.current) filesOf.set(file.partition, (filesOf.get(file.partition) ?? 0) + 1);
  for (const p of arriving)
    if ((filesOf.get(p) ?? 0) >= FILES_PER_PARTITION && !rewritten.includes(p)) rewritten.push(p);
  const appended = arriving.filter((p) => !rewritten.includes(p));

  await createNewContent(input, rewritten);
  const audits = await input.audit('new_content');
  const rewrittenFiles = await writePartitions(
    session,
    `(SELECT * FROM new_content WHERE ${inList(rewritten)})`,
    columns,
    rewritten,
    directory,
  );
  const appendedFiles = await writePartitions(
    session,
    `(SELECT * FROM new_content WHERE ${inList(appended)})`,
    columns,
    appended,
    directory,
  );
  const digests = await newDigests(input);
  const touched = [...new Set([...rewritten, ...appended, ...confirmed(input)])].sort();
  const partitions = touched.map((partition): BuiltPartition => {
    const digest = digests.get(partition) ?? before(input, partition);
    const mode = rewritten.includes(partition) ? 'replace' : appended.includes(partition) ? 'append' : 'keep';
    const files = rewrittenFiles.get(partition) ?? appendedFiles.get(partition) ?? [];
    return { partition, digest: printDigest(digest), rows: digest.rows, files, mode };
  });
  const quarantine = await writeObservationQuarantine(input);
  const keyChanges = await writeKeyChanges(input);
  const [counts] = await session.rows<{ rows_in: bigint; rows_out: bigint; bad: bigint }>(
    `SELECT (SELECT count(*) FROM ${ident(input.raw.name)}) AS rows_in, (SELECT count(*) FROM won WHERE _op <> 'd') AS rows_out,
            (SELECT count(*) FROM built WHERE _failed IS NOT NULL) AS bad`,
  );
  return {
    partitions,
    quarantine,
    audits,
    ...(tombstones && { tombstones }),
    ...(keyChanges && { keyChanges }),
    counts: { rowsIn: Number(counts?.rows_in), rowsOut: Number(counts?.rows_out), quarantined: Number(counts?.bad) },
  };
}

const keys = (input: MergeInput): string => input.dataset.key.map(ident).join(', ');
const order = (input: MergeInput, alias: string): string =>
  `(${alias}.${ident((input.dataset.write as { latestBy: string }).latestBy)}, ${alias}._position, ${alias}._tie)`;
const inList = (partitions: readonly string[]): string =>
  partitions.length === 0 ? 'false' : `_partition IN (${partitions.map((p) => `'${p}'`).join(', ')})`;

async function findWinners(input: MergeInput): Promise<void> {
  await input.session.run(
    `CREATE OR REPLACE TEMP TABLE won AS SELECT b.* EXCLUDE (_failed) FROM built b WHERE _failed IS NULL
     QUALIFY row_number() OVER (PARTITION BY ${keys(input)} ORDER BY ${order(input, 'b')} DESC) = 1`,
  );
}

/** Takes out of `won` what the table or a tombstone already beats. An equal observation wins: it was transformed anew. */
async function dropBeaten(input: MergeInput): Promise<void> {
  const { session, dataset } = input;
  const latestBy = ident((dataset.write as { latestBy: string }).latestBy);
  const fresh = input.work.kind === 'remerge';
  const current = fresh ? [] : input.current.map((f) => f.uri);
  const tie = `coalesce(_tie, ${keyText(dataset.key)})`;
  await session.run(
    `CREATE OR REPLACE TEMP TABLE held AS
     SELECT ${keys(input)}, ${latestBy}, _position, ${tie} AS _tie, ${rowPartitionSql(dataset)} AS _partition
     FROM ${readParquet(current, lakeColumns(dataset))} SEMI JOIN won USING (${keys(input)})`,
  );
  const tombstones = fresh || input.tombstones === undefined ? [] : [input.tombstones];
  await session.run(
    `CREATE OR REPLACE TEMP TABLE tombstones AS SELECT * FROM ${readParquet(tombstones, tombstoneColumns(dataset))}`,
  );
  for (const against of ['held', 'tombstones']) {
    const same = dataset.key.map((k) => `h.${ident(k)} = won.${ident(k)}`).join(' AND ');
    await session.run(
      `DELETE FROM won WHERE EXISTS (SELECT 1 FROM ${against} h WHERE ${same} AND ${order(input, 'h')} > ${order(input, 'won')})`,
    );
  }
}

/**
 * Rows of the table whose key is among the winners; in a rebuild also those whose observation now gives another key; all
 * of them when the table is made anew.
 */
async function findRemoved(input: MergeInput): Promise<void> {
  const { session, dataset, work } = input;
  const held = await distinctPartitions(input, `held SEMI JOIN won USING (${keys(input)})`);
  const partitions = new Set([...held, ...confirmed(input)]);
  const files = input.current.filter((f) => partitions.has(f.partition)).map((f) => f.uri);
  const present = `(SELECT *, ${rowPartitionSql(dataset)} AS _partition FROM ${readParquet(files, lakeColumns(dataset))})`;
  const replaced = `SELECT c.* FROM ${present} c SEMI JOIN won USING (${keys(input)})`;
  const rekeyed = `SELECT c.* FROM (SELECT * FROM ${present} ANTI JOIN won USING (${keys(input)})) c
    SEMI JOIN (SELECT * FROM built WHERE _failed IS NULL) b
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

/** A winner equal to the row it replaces, in every stored column, changes nothing: neither leaves nor enters. */
async function dropUnchanged(input: MergeInput): Promise<void> {
  const { session, dataset } = input;
  const tie = `nullif(_tie, ${keyText(dataset.key)})`;
  await session.run(`UPDATE won SET _tie = ${tie}`);
  const same = [...lakeColumns(dataset).map((c) => ident(c.name)), '_partition'].map(
    (c) => `w.${c} IS NOT DISTINCT FROM r.${c}`,
  );
  const on = dataset.key.map((k) => `w.${ident(k)} = r.${ident(k)}`);
  await session.run(
    `CREATE OR REPLACE TEMP TABLE unchanged AS SELECT ${dataset.key.map((k) => `w.${ident(k)}`).join(', ')} FROM won w JOIN removed r ON ${on.join(' AND ')} WHERE w._op <> 'd' AND ${same.join(' AND ')}`,
  );
  if ((await session.value<bigint>('SELECT count(*) FROM unchanged')) === 0n) return;
  for (const table of ['won', 'removed']) {
    await session.run(
      `CREATE OR REPLACE TEMP TABLE ${table} AS SELECT * FROM ${table} ANTI JOIN unchanged USING (${keys(input)})`,
    );
  }
}

async function distinctPartitions(input: MergeInput, relation: string): Promise<string[]> {
  const rows = await input.session.rows<{ p: string }>(`SELECT DISTINCT _partition AS p FROM ${relation} ORDER BY p`);
  return rows.map((row) => row.p);
}

/** View `new_content`: what the rewritten partitions will hold, and what joins the others. */
async function createNewContent(input: MergeInput, rewritten: readonly string[]): Promise<void> {
  const { session, dataset } = input;
  const columns = lakeColumns(dataset);
  const files = input.current.filter((f) => rewritten.includes(f.partition)).map((f) => f.uri);
  const stay = `SELECT c.* FROM (SELECT *, ${rowPartitionSql(dataset)} AS _partition FROM ${readParquet(files, columns)}) c ANTI JOIN removed USING (${keys(input)})`;
  const arrive = `SELECT ${withPartition(columns)} FROM won WHERE _op <> 'd'`;
  await session.run(
    `CREATE OR REPLACE TEMP VIEW new_content AS ${files.length > 0 ? `${stay} UNION ALL BY NAME ` : ''}${arrive}`,
  );
}

/** The digests of touched partitions, from what they were, what left and what came: no partition is read for it. */
async function newDigests(input: MergeInput): Promise<Map<string, Digest>> {
  const sums = (relation: string) =>
    input.session.rows<{ p: string; digest_rows: bigint; digest_sum: string }>(
      `SELECT _partition AS p, ${digestSql(input.dataset.columns.map((c) => c.name))} FROM ${relation} GROUP BY ALL`,
    );
  const digests = new Map<string, Digest>();
  for (const row of await sums('removed')) digests.set(row.p, subtractDigest(before(input, row.p), digestOf(row)));
  for (const row of await sums(`(SELECT * FROM won WHERE _op <> 'd')`)) {
    digests.set(row.p, addDigest(digests.get(row.p) ?? before(input, row.p), digestOf(row)));
  }
  return digests;
}

function before(input: MergeInput, partition: string): Digest {
  const digest = input.digests.get(partition);
  return digest === undefined ? NO_ROWS : parseDigest(digest);
}
