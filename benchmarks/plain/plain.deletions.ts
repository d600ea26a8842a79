import type { SourceDataset } from '../../core/dataset.ts';
import { keySnapshotsOf } from '../../core/source.ts';
import { ident } from '../../engine/sql-text.ts';
import type { PlainLake } from './plain.lake.ts';
import { type Look, newestRows, PLAIN_SERVER } from './plain.look.ts';

/**
 * Keys that bronze holds and the source has no more, with their last values and `_op = 'd'`: of a table that is read whole
 * from what was read, of one with key snapshots by reading all keys. Undefined: nobody looks.
 * @param seen a SELECT of what was read
 */
export function deletions(lake: PlainLake, dataset: SourceDataset, look: Look, seen: string): string | undefined {
  const { extraction, columns } = dataset;
  const keys = dataset.key.map(ident).join(', ');
  const alive = `(SELECT * FROM (${newestRows(lake, dataset)}) WHERE _op = 'u')`;
  const names = columns.map(({ name }) => ident(name)).join(', ');
  if (extraction.kind === 'snapshot') {
    return `SELECT ${names}, 'd' AS _op FROM ${alive} ANTI JOIN (${seen}) USING (${keys})`;
  }
  if (!keySnapshotsOf(extraction)) return undefined;
  const source = dataset.sourceColumns;
  const table = `${PLAIN_SERVER}.${dataset.relation}`;
  const present = dataset.columns
    .filter(({ key }) => key)
    .map(({ name, sqlType }) => `${ident(source[name]!)}::${sqlType} AS ${ident(name)}`);
  const cursor = ident(extraction.column);
  // After every change that the source had by then.
  const newest = `(SELECT max(${ident(source[extraction.column]!)}) FROM ${table})::TIMESTAMPTZ`;
  const moment = `greatest(TIMESTAMPTZ '${look.until}', ${newest} + INTERVAL 1 microsecond, ${cursor} + INTERVAL 1 microsecond)`;
  return `SELECT * REPLACE (${moment} AS ${cursor}) FROM (
    SELECT ${names}, 'd' AS _op FROM ${alive} ANTI JOIN (SELECT ${present.join(', ')} FROM ${table}) USING (${keys}))`;
}
