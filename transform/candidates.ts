import { StrataError } from '../core/errors.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import { ident, readParquet, render } from '../engine/sql-text.ts';
import type { MergeInput } from './build-input.ts';
import { createInputViews } from './input-views.ts';
import { withObservationColumns } from './observation-columns.ts';
import { bronzePartitionSql, rowPartitionSql } from './partition-sql.ts';
import { failedChecksSql } from './row-checks-sql.ts';

/** Text of a key, the same for the same key wherever it stands. */
export function keyText(columns: readonly string[], alias?: string): string {
  const parts = columns.map((c) => `${alias ? `${alias}.` : ''}${ident(c)}::VARCHAR`);
  return parts.length === 1 ? parts[0]! : `concat_ws('|', ${parts.join(', ')})`;
}

/**
 * Runs the dataset's SQL over the observations and leaves two temp tables of output columns, `_op`, `_position`, `_tie`,
 * `_bronze_partition` and `_partition`: `won`, the valid ones, and `failed`, with `_failed`, the names of the failed checks.
 */
export async function buildCandidates(input: MergeInput): Promise<void> {
  const { session, dataset } = input;
  await createObservationView(input);
  await createInputViews(input, [input.raw.name]);
  const relations = Object.fromEntries(Object.keys(dataset.inputs).map((name) => [name, ident(name)]));
  const sql = await withObservationColumns(
    session,
    render(input.sqlText, relations, dataset.sql),
    input.raw.name,
    dataset.sql,
  );
  const columns = dataset.columns.map((c) => ident(c.name)).join(', ');
  // Kept deletions are rows like any other from here on: checked, and removing nothing.
  const op = dataset.write.kind === 'merge' && dataset.write.deletes === 'keep' ? `'u'` : '_op';
  await session.run(
    `CREATE OR REPLACE TEMP TABLE won AS SELECT ${columns}, ${op} AS _op, _position, _tie, _bronze_partition,
       ${rowPartitionSql(dataset)} AS _partition,
       CASE WHEN ${op} = 'd' THEN NULL ELSE ${failedChecksSql(input.rowChecks)} END AS _failed
     FROM (${sql})`,
  );
  await refuseFanOut(input);
  await session.run('CREATE OR REPLACE TEMP TABLE failed AS SELECT * FROM won WHERE _failed IS NOT NULL');
  if (await session.value<boolean>('SELECT exists(SELECT 1 FROM failed)')) {
    await session.run('DELETE FROM won WHERE _failed IS NOT NULL');
  }
  if (input.work.kind === 'rebuild') {
    await session.run('CREATE OR REPLACE TEMP TABLE reproduced AS SELECT _bronze_partition, _position, _tie FROM won');
  }
}

/** Two rows of one observation would tie, and which one wins would be chance. Joins that do this show only in data. */
async function refuseFanOut({ session, dataset, raw }: MergeInput): Promise<void> {
  const [counts] = await session.rows<{ observations: bigint; made: bigint }>(
    `SELECT (SELECT count(*) FROM ${ident(raw.name)}) AS observations, (SELECT count(*) FROM won) AS made`,
  );
  if (!counts || counts.made === counts.observations) return;
  const twice = await session.value<string>(
    `SELECT any_value(${keyText(dataset.key)}) FROM won GROUP BY _bronze_partition, _position, _tie HAVING count(*) > 1 LIMIT 1`,
  );
  throw new StrataError(
    'bad_definition',
    `${dataset.name}: the SQL made ${counts.made} rows of ${counts.observations} observations; a merge makes exactly one of each`,
    {
      where: dataset.sql,
      hint: `A join finds several rows${twice ? `, for example for key ${twice}` : ''}, or none and drops the row. Make its right side unique, and join with LEFT.`,
    },
  );
}

/** The relation behind `{{raw}}`: bronze's columns, and what orders and names an observation. */
async function createObservationView(input: MergeInput): Promise<void> {
  const { session, raw } = input;
  const files = input.inputs[raw.name] ?? [];
  const tie =
    raw.dataset.key.length > 0 ? keyText(raw.dataset.key) : `md5(${keyText(raw.dataset.columns.map((c) => c.name))})`;
  const all = `SELECT *, ${tie} AS _tie, ${bronzePartitionSql(raw.dataset)} AS _bronze_partition FROM ${readParquet(
    files.map((f) => f.uri),
    lakeColumns(raw.dataset),
  )}`;
  const wanted =
    input.work.kind === 'rebuild'
      ? `SELECT * FROM (${all}) SEMI JOIN rebuilding USING (_bronze_partition, _position, _tie)`
      : all;
  if (input.work.kind === 'rebuild') await createRebuilding(input, input.work.partitions);
  await session.run(`CREATE OR REPLACE TEMP VIEW ${ident(raw.name)} AS ${wanted}`);
}

/** Temp table `rebuilding`: which observations the rows of the partitions to rebuild came from. */
async function createRebuilding(input: MergeInput, partitions: readonly string[]): Promise<void> {
  const { session, dataset } = input;
  const files = input.current.filter((f) => partitions.includes(f.partition)).map((f) => f.uri);
  await session.run(
    `CREATE OR REPLACE TEMP TABLE rebuilding AS SELECT _bronze_partition, _position, coalesce(_tie, ${keyText(dataset.key)}) AS _tie
     FROM ${readParquet(files, lakeColumns(dataset))}`,
  );
}

/** Bronze partitions that hold the observations of these output partitions. */
export async function bronzePartitionsOf(
  input: Pick<MergeInput, 'session' | 'dataset' | 'current'>,
  partitions: readonly string[],
): Promise<string[]> {
  const files = input.current.filter((f) => partitions.includes(f.partition)).map((f) => f.uri);
  const rows = await input.session.rows<{ p: string }>(
    `SELECT DISTINCT _bronze_partition AS p FROM ${readParquet(files, lakeColumns(input.dataset))} ORDER BY p`,
  );
  return rows.map((row) => row.p);
}
