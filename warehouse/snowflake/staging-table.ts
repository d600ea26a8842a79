import { StrataError } from '../../core/errors.ts';
import type { PublishedTable } from '../warehouse.ts';
import type { RunOptions, SnowflakeClient, StatementResult } from './client.ts';
import { name, quoted, snowflakeType } from './names.ts';
import { externalStage, internalStage, runFolder } from './stages.ts';
import { inPlace, pathOnStage, type Staging, stagingTable, urisOf } from './staging.ts';

/** More files than this one COPY does not take by name. */
const FILES_OF_COPY = 1000;

/** A transient table with the declared columns, under their earlier names too, and no others: what else the lake's files hold stays behind. */
export async function createStagingTable(
  client: SnowflakeClient,
  staging: Staging,
  index: number,
  table: PublishedTable,
  run: RunOptions,
): Promise<void> {
  const columns = table.columns
    .flatMap(({ name: now, renamedFrom, sqlType }) =>
      [now, ...(renamedFrom === undefined ? [] : [renamedFrom])].map((c) => `${name(c)} ${snowflakeType(sqlType)}`),
    )
    .join(', ');
  await client.run(
    `CREATE TRANSIENT TABLE ${stagingTable(staging, index)} (${columns}) DATA_RETENTION_TIME_IN_DAYS = 0`,
    run,
  );
}

/** What a staging table holds, with the declared columns: a file holds a column under one of its names. */
export function stagedRows(staging: Staging, index: number, { columns }: PublishedTable): string {
  const table = stagingTable(staging, index);
  if (columns.every((c) => c.renamedFrom === undefined)) return table;
  const read = columns.map(({ name: now, renamedFrom }) =>
    renamedFrom === undefined ? name(now) : `COALESCE(${name(now)}, ${name(renamedFrom)}) AS ${name(now)}`,
  );
  return `(SELECT ${read.join(', ')} FROM ${table})`;
}

/** A column that a file does not have (written before it was added) is NULL. Texts are taken as they are. */
const FORMAT =
  'FILE_FORMAT = (TYPE = PARQUET USE_LOGICAL_TYPE = TRUE BINARY_AS_TEXT = FALSE NULL_IF = ()) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE ON_ERROR = ABORT_STATEMENT FORCE = TRUE';

/** Copies a table's files into its staging table. */
export async function copyIn(
  client: SnowflakeClient,
  staging: Staging,
  index: number,
  table: PublishedTable,
  run: RunOptions,
): Promise<void> {
  const uris = urisOf(table);
  if (uris.length === 0) return;
  const there = inPlace(staging.options, uris);
  const stage = there ? externalStage(staging) : internalStage(staging);
  const into = `COPY INTO ${stagingTable(staging, index)} FROM @${stage}`;
  let loaded = 0;
  if (there) {
    const paths = uris.map((uri) => pathOnStage(staging.options, uri));
    for (let from = 0; from < paths.length; from += FILES_OF_COPY) {
      const files = paths.slice(from, from + FILES_OF_COPY).map(quoted);
      loaded += filesLoaded(await client.run(`${into} FILES = (${files.join(', ')}) ${FORMAT}`, run));
    }
  } else {
    loaded = filesLoaded(await client.run(`${into}/${runFolder(staging)}${index}/ ${FORMAT}`, run));
  }
  if (loaded === uris.length) return;
  throw new StrataError('storage', `${table.name}: of ${uris.length} staged files Snowflake loaded ${loaded}`, {
    where: `@${stage}`,
    hint: 'It is tried again. Readers keep the last cut.',
  });
}

function filesLoaded({ columns, rows }: StatementResult): number {
  const status = columns.findIndex((c) => c.name === 'status');
  return rows.filter((row) => row[status] === 'LOADED').length;
}
