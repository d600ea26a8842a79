import type { SourceDataset } from '../../core/dataset.ts';
import { durationMillis } from '../../core/instant.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import type { Session } from '../../engine/session.ts';
import { ident } from '../../engine/sql-text.ts';
import { loadDocuments } from './plain.documents.ts';
import type { PlainLake } from './plain.lake.ts';
import { partitionOf } from './plain.sql.ts';

/** Name under which PostgreSQL is attached. */
export const PLAIN_SERVER = 'oltp';

export interface Look {
  readonly app: string;
  readonly now: string;
}

/** Reads what is new in a source table, from an hour or so before its newest row on, and adds what bronze does not have. */
export async function observe(session: Session, lake: PlainLake, dataset: SourceDataset, look: Look): Promise<void> {
  const lower = await lowerBound(session, lake, dataset);
  const seen =
    dataset.source.system === 'postgres'
      ? postgresSelect(dataset, lower)
      : await loadDocuments(session, dataset, look.app, lower);
  const stamps = `'u' AS _op, epoch_us(TIMESTAMPTZ '${look.now}') AS _position, TIMESTAMPTZ '${look.now}' AS _observed_at`;
  const same = dataset.columns
    .map(({ name }) => `e.${ident(name)} IS NOT DISTINCT FROM s.${ident(name)}`)
    .join(' AND ');
  const known = knownRows(lake, dataset, lower);
  const files = await session.rows<{ Files: string[] }>(
    lake.copySql(
      dataset.name,
      `SELECT *, ${partitionOf(dataset)} AS _partition FROM (
         SELECT s.*, ${stamps} FROM (${seen}) s ${known === undefined ? '' : `ANTI JOIN (${known}) e ON ${same}`})`,
    ),
  );
  lake.written(
    dataset,
    files.flatMap((row) => row.Files),
  );
}

/** Rows with a cursor from here on are read again: others may have come late. */
async function lowerBound(session: Session, lake: PlainLake, dataset: SourceDataset): Promise<string | undefined> {
  const { extraction } = dataset;
  if (extraction.kind !== 'cursor' || lake.files(dataset).length === 0) return undefined;
  const lateness = extraction.clock.kind === 'application' ? durationMillis(extraction.clock.lateness) : 0;
  return session.value<string>(
    `SELECT (max(${ident(extraction.column)}) - INTERVAL ${lateness} MILLISECOND)::VARCHAR FROM ${lake.relation(dataset)}`,
  );
}

function postgresSelect(dataset: SourceDataset, lower: string | undefined): string {
  const columns = dataset.columns.map(
    ({ name, sqlType }) => `${ident(dataset.sourceColumns[name]!)}::${sqlType} AS ${ident(name)}`,
  );
  const cursor = dataset.extraction.kind === 'cursor' ? dataset.extraction.column : '';
  const where = lower === undefined ? '' : `WHERE ${ident(cursor)} >= TIMESTAMPTZ '${lower}'`;
  return `SELECT ${columns.join(', ')} FROM ${PLAIN_SERVER}.${dataset.relation} ${where}`;
}

/** What bronze holds of the range that is read again; of a table that is read whole, each key's newest row. */
function knownRows(lake: PlainLake, dataset: SourceDataset, lower: string | undefined): string | undefined {
  if (lake.files(dataset).length === 0) return undefined;
  const columns = lakeColumns(dataset).map(({ name }) => ident(name));
  const rows = `SELECT ${columns.join(', ')} FROM ${lake.relation(dataset)}`;
  if (lower !== undefined && dataset.extraction.kind === 'cursor')
    return `${rows} WHERE ${ident(dataset.extraction.column)} >= TIMESTAMPTZ '${lower}'`;
  return `${rows} QUALIFY row_number() OVER (PARTITION BY ${dataset.key.map(ident).join(', ')} ORDER BY _position DESC) = 1`;
}
