import { sameBuckets } from '../core/buckets.ts';
import { StrataError } from '../core/errors.ts';
import { sqlColumnsOf, type Type2 } from '../core/history.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import { fixedPartitions } from '../core/partitions.ts';
import { ident, literal } from '../engine/sql-text.ts';
import type { InputFile } from './build-input.ts';
import type { LocalFile } from './build-output.ts';
import { inferredSql, namelessSql, rowsSql, stepsSql } from './history-sql.ts';
import { createInputViews } from './input-views.ts';
import { type MentionFiles, mentionedKeysSql } from './mention-scan.ts';
import { rowPartitionSql } from './partition-sql.ts';
import type { ReplaceInput } from './replace-partitions.ts';
import { writeFile } from './write-partitions.ts';

/**
 * Makes the history of whole partitions from all versions of their keys, one partition after the other: so memory follows
 * the largest bucket and not the table, and nothing depends on what was built before.
 * @param sql the dataset's statement over views named after the inputs
 */
export async function writeHistory(
  input: ReplaceInput,
  history: Type2,
  sql: string,
): Promise<Map<string, LocalFile[]>> {
  const { session, dataset, directory } = input;
  await createMentioned(input, history);
  const files = new Map<string, LocalFile[]>();
  for (const partition of input.partitions) {
    await createInputViews({ ...input, inputs: inputsOf(input, partition) });
    await createSteps(input, history, sql, partition);
    const of = { dataset, history };
    const here = `(SELECT * FROM mentioned WHERE _partition = ${literal(partition)})`;
    const parts = [rowsSql(of, 'steps'), inferredSql(of, here, 'steps')];
    if (partition === fixedPartitions(dataset.partitionBy)?.[0]) parts.push(namelessSql(of));
    const file = await writeFile(session, parts.join(' UNION ALL '), lakeColumns(dataset), directory);
    files.set(partition, file.rows > 0 ? [file] : []);
  }
  await session.run('DROP TABLE IF EXISTS steps');
  return files;
}

/** Where an input is cut as the output is, only its files of the partition are read. */
function inputsOf({ dataset, inputs }: ReplaceInput, partition: string): Record<string, readonly InputFile[]> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, files]) => {
      const input = dataset.inputs[name];
      const cut = input?.mapping.kind === 'aligned' && sameBuckets(input.dataset.partitionBy, dataset.partitionBy);
      return [name, cut ? files.filter((f) => f.partition === partition) : files];
    }),
  );
}

/** Temp table `mentioned`: the keys that other datasets mention, in the partitions to make. Read once for all of them. */
async function createMentioned({ session, dataset, inputs, partitions }: ReplaceInput, history: Type2): Promise<void> {
  const mentions = Object.entries(history.members).flatMap(([name, column]): MentionFiles[] => {
    const input = dataset.inputs[name];
    return input ? [{ dataset: input.dataset, columns: [column], files: inputs[name] ?? [] }] : [];
  });
  const keys = `SELECT DISTINCT ${ident(history.key)} FROM (${mentionedKeysSql(dataset, mentions)})`;
  await session.run(
    `CREATE OR REPLACE TEMP TABLE mentioned AS SELECT * FROM (SELECT *, ${rowPartitionSql(dataset)} AS _partition FROM (${keys}))
     WHERE _partition IN (${partitions.map(literal).join(', ')})`,
  );
}

/** Temp table `steps`: see stepsSql. */
async function createSteps(input: ReplaceInput, history: Type2, sql: string, partition: string): Promise<void> {
  const { session, dataset, outside } = input;
  const columns = sqlColumnsOf(dataset).map((c) => ident(c.name));
  const own = `${rowPartitionSql(dataset)} = ${literal(partition)}`;
  const versions = `(SELECT ${columns.join(', ')} FROM (${sql}\n) ${outside === 'filter' ? `WHERE ${own}` : ''})`;
  await session.run(`CREATE OR REPLACE TEMP TABLE steps AS ${stepsSql({ dataset, history }, versions)}`);
  await refuseBadVersions(input, history);
  if (outside === 'exact') await refuseStrangers(input, history, own, partition);
}

async function refuseBadVersions({ session, dataset }: ReplaceInput, { key, at, deleted }: Type2): Promise<void> {
  const [bad] = await session.rows<{ nameless: bigint; twice: bigint; example: string | null }>(
    `SELECT count(*) FILTER (${ident(key)} IS NULL OR _at IS NULL OR _gone IS NULL) AS nameless, count(*) FILTER (_twice) AS twice,
       min(${ident(key)}::VARCHAR) FILTER (_twice) AS example FROM steps`,
  );
  if (!bad || (bad.nameless === 0n && bad.twice === 0n)) return;
  const what =
    bad.nameless > 0n
      ? `${bad.nameless} versions without ${[key, at, deleted].filter(Boolean).join(', ')}`
      : `${bad.twice} versions at the moment of another one of their key, for example of ${bad.example}`;
  throw new StrataError('bad_definition', `${dataset.name}: the SQL gives ${what}`, {
    where: dataset.sql,
    hint: `A history takes one row per ${key} and ${at}, neither of them null: merge the versions with both as the key.`,
  });
}

async function refuseStrangers(input: ReplaceInput, history: Type2, own: string, partition: string): Promise<void> {
  const { session, dataset } = input;
  const key = ident(history.key);
  const stranger = await session.value<string>(
    `SELECT min(${key}::VARCHAR) FROM (SELECT DISTINCT ${key} FROM steps) WHERE NOT (${own})`,
  );
  if (stranger === undefined || stranger === null) return;
  throw new StrataError(
    'bad_definition',
    `${dataset.name}: the inputs of ${partition} give ${stranger}, which is of another bucket`,
    {
      where: dataset.sql,
      hint: `Select ${history.key} as the input has it: its buckets say which rows are read together.`,
    },
  );
}
