import type { SourceDataset } from '../../core/dataset.ts';
import { durationMillis } from '../../core/instant.ts';
import type { Session } from '../../engine/session.ts';
import { ident } from '../../engine/sql-text.ts';
import { deletions } from './plain.deletions.ts';
import { loadDocuments } from './plain.documents.ts';
import type { PlainLake } from './plain.lake.ts';
import { type Look, newestRows, PLAIN_SERVER, storedRows } from './plain.look.ts';
import { partitionOf } from './plain.sql.ts';

/** Reads what is new in a source table, from an hour or so before its newest row on, and adds what bronze does not have. */
export async function observe(session: Session, lake: PlainLake, dataset: SourceDataset, look: Look): Promise<void> {
  const lower = await lowerBound(session, lake, dataset);
  const seen =
    dataset.source.system === 'postgres'
      ? await postgresRows(session, dataset, lower)
      : await loadDocuments(session, dataset, look.app, lower);
  const same = dataset.columns
    .map(({ name }) => `e.${ident(name)} IS NOT DISTINCT FROM s.${ident(name)}`)
    .join(' AND ');
  const known = knownRows(lake, dataset, lower);
  const news = `SELECT s.*, 'u' AS _op FROM (${seen}) s ${known === undefined ? '' : `ANTI JOIN (${known}) e ON e._op = 'u' AND ${same}`}`;
  const gone = known === undefined ? undefined : deletions(lake, dataset, look, seen);
  const today = `'${look.now.slice(0, 10)}'`;
  const files = await session.rows<{ Files: string[] }>(
    lake.copySql(
      dataset.name,
      `SELECT *, coalesce(${partitionOf(dataset)}, ${today}) AS _partition FROM (
         SELECT *, epoch_us(TIMESTAMPTZ '${look.now}') AS _position, TIMESTAMPTZ '${look.now}' AS _observed_at
         FROM (${gone === undefined ? news : `${news} UNION ALL BY NAME ${gone}`}))`,
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

async function postgresRows(session: Session, dataset: SourceDataset, lower: string | undefined): Promise<string> {
  const columns = dataset.columns.map(({ name, sqlType, json }) => {
    const column = ident(dataset.sourceColumns[name]!);
    // A list's own text is not JSON.
    const value = json
      ? `CASE WHEN typeof(${column}) LIKE '%[]' THEN to_json(${column})::VARCHAR ELSE ${column}::VARCHAR END`
      : column;
    return `${value}::${sqlType} AS ${ident(name)}`;
  });
  const rows = `SELECT ${columns.join(', ')} FROM ${PLAIN_SERVER}.${dataset.relation}`;
  if (dataset.extraction.kind === 'cursor')
    return lower === undefined ? rows : `${rows} WHERE ${ident(dataset.extraction.column)} >= TIMESTAMPTZ '${lower}'`;
  // A table that is read whole is small, and looked at twice: what is new and what is gone.
  await session.run(`CREATE OR REPLACE TEMP TABLE seen AS ${rows}`);
  return 'SELECT * FROM seen';
}

/** What bronze holds of the range that is read again; of a table that is read whole, each key's newest row. */
function knownRows(lake: PlainLake, dataset: SourceDataset, lower: string | undefined): string | undefined {
  if (lake.files(dataset).length === 0) return undefined;
  if (lower === undefined || dataset.extraction.kind !== 'cursor') return newestRows(lake, dataset);
  return `${storedRows(lake, dataset)} WHERE ${ident(dataset.extraction.column)} >= TIMESTAMPTZ '${lower}'`;
}
