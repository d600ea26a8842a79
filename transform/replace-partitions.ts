import { WHOLE } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import { ident, literal, render } from '../engine/sql-text.ts';
import type { BuildInput } from './build-input.ts';
import type { BuildOutput, BuiltPartition } from './build-output.ts';
import { type Digest, digestOf, digestSql, NO_ROWS, printDigest } from './digest.ts';
import { createInputViews } from './input-views.ts';
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
}

/** Makes whole partitions from the inputs. A partition that comes out as it was is confirmed, not written. */
export async function replacePartitions(input: ReplaceInput): Promise<BuildOutput> {
  const { session, dataset, directory } = input;
  const columns = lakeColumns(dataset);
  await build(input);
  await refuseStrangers(input);
  await session.run(
    `CREATE OR REPLACE TEMP VIEW new_content AS SELECT * EXCLUDE (_failed) FROM built WHERE _failed IS NULL`,
  );
  const audits = await input.audit('new_content');

  const digests = await digestsOf(input);
  const changed = input.partitions.filter((p) => input.digests.get(p) !== printDigest(digests.get(p) ?? NO_ROWS));
  const filled = changed.filter((p) => (digests.get(p)?.rows ?? 0) > 0);
  const relation = `(SELECT * FROM new_content WHERE _partition IN (${filled.map(literal).join(', ') || 'NULL'}))`;
  const files = await writePartitions(session, relation, columns, filled, directory);
  const partitions = input.partitions.map((partition): BuiltPartition => {
    const digest = digests.get(partition) ?? NO_ROWS;
    const mode = changed.includes(partition) ? 'replace' : 'keep';
    return { partition, digest: printDigest(digest), rows: digest.rows, files: files.get(partition) ?? [], mode };
  });
  const quarantine = await writeRowQuarantine(input);
  const quarantined = quarantine.reduce((sum, file) => sum + file.rows, 0);
  const rowsOut = partitions.reduce((sum, p) => sum + p.rows, 0);
  return { partitions, quarantine, audits, counts: { rowsIn: rowsOut + quarantined, rowsOut, quarantined } };
}

async function build(input: ReplaceInput): Promise<void> {
  const { session, dataset } = input;
  await createInputViews(input);
  const relations = Object.fromEntries(Object.keys(dataset.inputs).map((name) => [name, ident(name)]));
  const columns = dataset.columns.map((c) => ident(c.name)).join(', ');
  const sql = render(input.sqlText, relations, dataset.sql).trim().replace(/;$/, '');
  const partition = rowPartitionSql(dataset);
  const wanted =
    input.outside === 'filter' && dataset.partitionBy.kind !== WHOLE
      ? `WHERE ${partition} IN (${input.partitions.map(literal).join(', ')})`
      : '';
  await session.run(
    `CREATE OR REPLACE TEMP TABLE built AS SELECT ${columns}, ${partition} AS _partition, ${failedChecksSql(input.rowChecks)} AS _failed
     FROM (${sql}\n) ${wanted}`,
  );
}

async function refuseStrangers(input: ReplaceInput): Promise<void> {
  const names = input.partitions.map(literal).join(', ');
  const strangers = await input.session.rows<{ p: string | null; rows: bigint }>(
    `SELECT _partition AS p, count(*) AS rows FROM built WHERE _partition IS NULL OR _partition NOT IN (${names}) GROUP BY ALL ORDER BY ALL LIMIT 3`,
  );
  const [first] = strangers;
  if (!first) return;
  throw new StrataError(
    'bad_definition',
    `${input.dataset.name}: ${first.rows} rows belong to partition ${first.p ?? 'NULL'}, but the inputs given make ${input.partitions.join(', ')}`,
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
