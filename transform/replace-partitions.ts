import { WHOLE } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import { belongs } from '../core/partitions.ts';
import { ident, literal, readParquet, render } from '../engine/sql-text.ts';
import { writeHistory } from './build-history.ts';
import type { BuildInput, InputFile } from './build-input.ts';
import type { BuildOutput, BuiltPartition, LocalFile } from './build-output.ts';
import { type Digest, digestOf, digestSql, NO_ROWS, printDigest } from './digest.ts';
import { writeHistoryChanges } from './history-changes.ts';
import { createInputViews } from './input-views.ts';
import { emptied } from './other-layout.ts';
import { rowPartitionSql } from './partition-sql.ts';
import { writeRowQuarantine } from './quarantine-files.ts';
import { failedChecksSql } from './row-checks-sql.ts';
import { writePartitions } from './write-partitions.ts';

export interface ReplaceInput extends BuildInput {
  /** The partitions to make. Inputs are restricted to what feeds them. */
  readonly partitions: readonly string[];
  /**
   * `exact`: a row of another partition is a mistake of the SQL. `filter`: the inputs reach beyond the partitions
   * (windows, whole tables), so rows of others are expected and left out.
   */
  readonly outside: 'exact' | 'filter';
  /** Of a history with readers by key and time: the table's files in these partitions, to tell what changed. */
  readonly current?: readonly InputFile[];
}

type Files = Map<string, LocalFile[]>;

/**
 * Makes whole partitions from the inputs. A partition that comes out as it was is confirmed, not replaced. Rows go straight
 * to Parquet and are checked there, so that memory does not grow with them; bad rows, being rare, cost a second writing.
 */
export async function replacePartitions(input: ReplaceInput): Promise<BuildOutput> {
  const own = input.partitions.filter((name) => belongs(input.dataset.partitionBy, name));
  const left = emptied(input.partitions.filter((name) => !own.includes(name)));
  if (left.length === 0) return replace(input);
  const none = { partitions: [], quarantine: [], audits: [], counts: { rowsIn: 0, rowsOut: 0, quarantined: 0 } };
  const output: BuildOutput = own.length === 0 ? none : await replace({ ...input, partitions: own });
  return { ...output, partitions: [...output.partitions, ...left] };
}

async function replace(input: ReplaceInput): Promise<BuildOutput> {
  const all = await writeBuilt(input);
  await refuseStrangers(input, all);
  await readBack(input, all);
  const failed = await input.session.value<bigint>('SELECT count(*) FROM failed');
  const files = failed === 0n ? all : await writeValid(input, all);
  const audits = await input.audit('new_content');

  const digests = await digestsOf(input);
  const partitions = input.partitions.map((partition): BuiltPartition => {
    const digest = digests.get(partition) ?? NO_ROWS;
    const changed = input.digests.get(partition) !== printDigest(digest);
    const written = changed ? (files.get(partition) ?? []) : [];
    return {
      partition,
      digest: printDigest(digest),
      rows: digest.rows,
      files: written,
      mode: changed ? 'replace' : 'keep',
    };
  });
  const quarantine = failed === 0n ? [] : await writeRowQuarantine(input);
  const rowsOut = partitions.reduce((sum, p) => sum + p.rows, 0);
  const quarantined = Number(failed);
  const { history } = input.dataset;
  const keyChanges = history && (await writeHistoryChanges(input, history, partitions));
  return {
    partitions,
    quarantine,
    audits,
    ...(keyChanges && { keyChanges }),
    counts: { rowsIn: rowsOut + quarantined, rowsOut, quarantined },
  };
}

async function writeBuilt(input: ReplaceInput): Promise<Files> {
  const { session, dataset } = input;
  const relations = Object.fromEntries(Object.keys(dataset.inputs).map((name) => [name, ident(name)]));
  const columns = dataset.columns.map((c) => ident(c.name)).join(', ');
  const sql = render(input.sqlText, relations, dataset.sql).trim().replace(/;$/, '');
  if (dataset.history) return writeHistory(input, dataset.history, sql);
  await createInputViews(input);
  const named = `SELECT ${columns}, ${rowPartitionSql(dataset)} AS _partition FROM (${sql}\n)`;
  if (dataset.partitionBy.kind === WHOLE)
    return writePartitions(session, `(${named})`, lakeColumns(dataset), [WHOLE], input.directory);
  const wanted = `WHERE _partition IN (${input.partitions.map(literal).join(', ')})`;
  const relation = `(SELECT * FROM (${named}) ${input.outside === 'filter' ? wanted : ''})`;
  const atMost = input.partitions.length;
  return writePartitions(session, relation, lakeColumns(dataset), { atMost }, input.directory);
}

/** Views over what was written: `new_content`, the rows that pass their checks, and `failed`. */
async function readBack(input: ReplaceInput, files: Files): Promise<void> {
  const { session, dataset } = input;
  const checked = `SELECT *, ${failedChecksSql(input.rowChecks)} AS _failed FROM (${partitionedSql(dataset, files)})`;
  await session.run(
    `CREATE OR REPLACE TEMP VIEW new_content AS SELECT * EXCLUDE (_failed) FROM (${checked}) WHERE _failed IS NULL`,
  );
  await session.run(`CREATE OR REPLACE TEMP TABLE failed AS SELECT * FROM (${checked}) WHERE _failed IS NOT NULL`);
}

/** What was written, with `_partition`. A bucket costs an md5 per row to tell, and is known: each has its files. */
function partitionedSql(dataset: ReplaceInput['dataset'], files: Files): string {
  const read = (list: readonly LocalFile[]) =>
    readParquet(
      list.map((f) => f.localPath),
      lakeColumns(dataset),
    );
  const filled = [...files].filter(([, list]) => list.length > 0);
  if (dataset.partitionBy.kind !== 'bucket' || filled.length === 0) {
    return `SELECT *, ${rowPartitionSql(dataset)} AS _partition FROM ${read([...files.values()].flat())}`;
  }
  return filled.map(([p, list]) => `SELECT *, ${literal(p)} AS _partition FROM ${read(list)}`).join(' UNION ALL ');
}

function writeValid(input: ReplaceInput, files: Files): Promise<Files> {
  return writePartitions(input.session, 'new_content', lakeColumns(input.dataset), [...files.keys()], input.directory);
}

async function refuseStrangers(input: ReplaceInput, files: Files): Promise<void> {
  const stranger = [...files].find(([partition, list]) => list.length > 0 && !input.partitions.includes(partition));
  if (!stranger) return;
  const rows = stranger[1].reduce((sum, file) => sum + file.rows, 0);
  throw new StrataError(
    'bad_definition',
    `${input.dataset.name}: ${rows} rows belong to partition ${stranger[0]}, but the inputs given make ${input.partitions.join(', ')}`,
    {
      where: input.dataset.sql,
      hint: 'Rows must fall into the interval of the inputs they come from. Where they reach further, name the input with .window(...) or .all().',
    },
  );
}

async function digestsOf(input: ReplaceInput): Promise<Map<string, Digest>> {
  const rows = await input.session.rows<{ p: string; digest_rows: bigint; digest_sum: string }>(
    `SELECT _partition AS p, ${digestSql(input.dataset.columns.map((c) => c.name))} FROM new_content GROUP BY ALL`,
  );
  return new Map(rows.map((row) => [row.p, digestOf(row)]));
}
