import { type Type2, timelessColumns } from '../core/history.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import { ident, readParquet } from '../engine/sql-text.ts';
import type { BuildOutput, BuiltPartition } from './build-output.ts';
import { writeRanges } from './key-changes.ts';
import type { ReplaceInput } from './replace-partitions.ts';

/**
 * For those who read a history by key and time: which keys show another row than before, from when until when. Compared is
 * only what such readers see, so a row that ended or a type 1 attribute that moved is no change.
 */
export async function writeHistoryChanges(
  input: ReplaceInput,
  history: Type2,
  partitions: readonly BuiltPartition[],
): Promise<BuildOutput['keyChanges']> {
  const { session, dataset, asOfKey, directory, current = [] } = input;
  if (!asOfKey) return undefined;
  const key = ident(history.key);
  const seen = timelessColumns(history).map(ident).join(', ');
  await session.run(
    `CREATE OR REPLACE TEMP TABLE ranges AS SELECT ${key}, valid_from AS _from, valid_from AS _to FROM ${readParquet([], lakeColumns(dataset))}`,
  );
  for (const { partition, files } of partitions.filter((p) => p.mode === 'replace')) {
    const rows = (uris: readonly string[]) =>
      `(SELECT ${seen} FROM ${readParquet(uris, lakeColumns(dataset))} WHERE ${key} IS NOT NULL)`;
    const before = rows(current.filter((f) => f.partition === partition).map((f) => f.uri));
    const after = rows(files.map((f) => f.localPath));
    const changed = `(FROM ${before} EXCEPT FROM ${after}) UNION ALL (FROM ${after} EXCEPT FROM ${before})`;
    await session.run(
      `CREATE OR REPLACE TEMP TABLE changed AS SELECT DISTINCT ${key}, valid_from AS _from FROM (${changed})`,
    );
    const timeline = `SELECT ${key}, valid_from AS _from FROM ${before} SEMI JOIN changed USING (${key})
      UNION SELECT ${key}, valid_from FROM ${after} SEMI JOIN changed USING (${key})`;
    await session.run(
      `INSERT INTO ranges SELECT ${key}, _from, _to FROM
         (SELECT *, lead(_from) OVER (PARTITION BY ${key} ORDER BY _from) AS _to FROM (${timeline}))
       SEMI JOIN changed USING (${key}, _from)`,
    );
  }
  return writeRanges(session, dataset, asOfKey, 'ranges', directory);
}
