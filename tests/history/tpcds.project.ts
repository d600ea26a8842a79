import {
  applicationClock,
  bigint,
  bucket,
  cursor,
  dataset,
  date,
  decimal,
  key,
  merge,
  pipeline,
  postgres,
  project,
  source,
  text,
  timestamp,
  type2,
} from '../../core/builders.ts';
import type { DerivedDataset, SourceDataset } from '../../core/dataset.ts';
import type { Project } from '../../core/project.ts';

export interface TpcdsColumn {
  readonly name: string;
  /** DuckDB's. */
  readonly type: string;
}

/** A dimension of TPC-DS as a source table whose rows change, its versions and its history. */
export interface TpcdsDimension {
  readonly bronze: SourceDataset;
  readonly dimension: DerivedDataset;
  readonly project: Project;
  /** SQL file -> text. */
  readonly sql: Readonly<Record<string, string>>;
}

function typed({ type }: TpcdsColumn) {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? [];
  if (precision) return decimal(Number(precision), Number(scale)).nullable();
  if (type === 'BIGINT') return bigint().nullable();
  return type === 'DATE' ? date().nullable() : text().nullable();
}

/** @param id business key @param attributes every other column but the surrogate key and the dates of validity */
export function tpcdsDimension(table: string, id: string, attributes: readonly TpcdsColumn[]): TpcdsDimension {
  const columns = Object.fromEntries(attributes.map((c) => [c.name, typed(c)]));
  const names = attributes.map((c) => c.name);
  const bronze = source({
    name: `bronze.${table}`,
    description: table,
    source: postgres('tpcds'),
    relation: table,
    extraction: cursor('updated_at', applicationClock({ lateness: '1 hour' })),
    columns: { [id]: key(text()), ...columns, updated_at: timestamp() },
  });
  const version = dataset({
    name: `silver.${table}_version`,
    description: table,
    inputs: { raw: bronze },
    sql: 'version.sql',
    write: merge({ latestBy: 'updated_at', deletes: 'keep' }),
    partitionBy: bucket(id, 8),
    columns: { [id]: key(text()), ...columns, updated_at: key(timestamp()) },
  });
  const dimension = dataset({
    name: `gold.dim_${table}`,
    description: table,
    inputs: { version },
    sql: 'dimension.sql',
    partitionBy: bucket(id, 8),
    columns: { [id]: text().nullable(), ...columns },
    history: type2({ key: id, at: 'updated_at', track: names, surrogate: `${table}_key` }),
  });
  const nightly = pipeline({
    name: 'nightly',
    description: 'd',
    start: '1997-01-01',
    interval: 'day',
    datasets: [dimension],
  });
  const select = [id, ...names, 'updated_at'].join(', ');
  return {
    bronze,
    dimension,
    project: project({ name: 'tpcds', sqlFolder: 'sql', pipelines: [nightly] }),
    sql: { 'version.sql': `SELECT ${select} FROM {{raw}}`, 'dimension.sql': `SELECT ${select} FROM {{version}}` },
  };
}
