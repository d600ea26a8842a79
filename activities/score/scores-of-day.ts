import { storedColumns } from '../../core/lake-columns.ts';
import { SCORE_COLUMNS } from '../../core/scoring.ts';
import type { Session } from '../../engine/session.ts';
import { readParquet } from '../../engine/sql-text.ts';
import type { Attempt } from '../attempt.ts';
import type { Platform } from '../platform.ts';
import { ReadableFiles } from '../readable-files.ts';

/** The committed scores of a day, as SQL that can stand behind FROM. */
export async function scoresOfDay(
  { lake }: Platform,
  { session, attempt }: { session: Session; attempt: Attempt },
  dataset: string,
  day: string,
): Promise<string> {
  const table = lake.table(dataset);
  const { files } = await table.load();
  const readable = new ReadableFiles(session, attempt.directory);
  const own = await readable.of(
    table,
    [...files.values()].filter(({ partition }) => partition === day),
  );
  return readParquet(
    own.map(({ uri }) => uri),
    storedColumns(SCORE_COLUMNS),
  );
}
