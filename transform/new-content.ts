import { lakeColumns } from '../core/lake-columns.ts';
import { literal, readParquet } from '../engine/sql-text.ts';
import type { MergeInput } from './build-input.ts';
import type { LocalFile } from './build-output.ts';
import { withPartition } from './input-views.ts';
import { rowPartitionSql } from './partition-sql.ts';
import { keysOf } from './winners.ts';
import { writePartitions } from './write-partitions.ts';

/** View `new_content`: what the rewritten partitions will hold, and what joins the others. */
export async function createNewContent(input: MergeInput, rewritten: readonly string[]): Promise<void> {
  await input.session.run(`CREATE OR REPLACE TEMP VIEW new_content AS ${contentSql(input, rewritten)}`);
}

/** What stays in these partitions, and all that enters. */
function contentSql({ dataset, current }: MergeInput, rewritten: readonly string[]): string {
  const columns = lakeColumns(dataset);
  const files = current.filter((f) => rewritten.includes(f.partition)).map((f) => f.uri);
  const stay = `SELECT c.* FROM (SELECT *, ${rowPartitionSql(dataset)} AS _partition FROM ${readParquet(files, columns)}) c
    ANTI JOIN removed USING (${keysOf(dataset)})`;
  const arrive = `SELECT ${withPartition(columns)} FROM entering`;
  return `${files.length > 0 ? `${stay} UNION ALL BY NAME ` : ''}${arrive}`;
}

/** So many partitions are written one by one: a plain copy is quicker than a partitioned one, but each reads all that enters. */
const COPIES = 16;

/** @param rewritten those of `partitions` whose present rows stay, unless they are in `removed` */
export async function writeContent(
  input: MergeInput,
  partitions: readonly string[],
  rewritten: readonly string[],
): Promise<Map<string, LocalFile[]>> {
  const writeThese = (these: readonly string[]) => {
    const content = contentSql(
      input,
      these.filter((p) => rewritten.includes(p)),
    );
    const relation = `(SELECT * FROM (${content}) WHERE _partition IN (${these.map(literal).join(', ')}))`;
    return writePartitions(input.session, relation, lakeColumns(input.dataset), these, input.directory);
  };
  const files = new Map<string, LocalFile[]>();
  for (const these of partitions.length > COPIES ? [partitions] : partitions.map((p) => [p])) {
    for (const [partition, list] of await writeThese(these)) files.set(partition, list);
  }
  return files;
}
