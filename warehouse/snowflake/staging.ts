import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { StrataError } from '../../core/errors.ts';
import { openSession, type SessionOptions } from '../../engine/session.ts';
import { literal } from '../../engine/sql-text.ts';
import { enableUris } from '../attached-file.ts';
import type { PublishedTable } from '../warehouse.ts';
import type { RunOptions, SnowflakeClient, StatementResult } from './client.ts';
import type { SnowflakeOptions } from './connection-options.ts';
import { name, own, ownSchema, type Place, quoted, snowflakeType } from './names.ts';

/** Stages that Strata makes: for files that it uploads, and for those that lie below STRATA_SNOWFLAKE_STAGE_URL. */
const [INTERNAL, EXTERNAL] = ['LOAD', 'LAKE'];
/** More files than this one COPY does not take by name. */
const FILES_OF_COPY = 1000;

/** Where the files of one attempt are put, and the tables they are copied into. */
export interface Staging {
  readonly place: Place;
  readonly options: SnowflakeOptions;
  /** Begins with the day, so that what dead attempts left can be told by its age. */
  readonly attempt: string;
  /** Some files lie where Snowflake cannot read them. */
  readonly uploads: boolean;
}

export function stagingOf(
  place: Place,
  options: SnowflakeOptions,
  attempt: string,
  tables: readonly PublishedTable[],
): Staging {
  return { place, options, attempt, uploads: tables.some((table) => !inPlace(options, urisOf(table))) };
}

/** `20261122T024500_<uuid>`: sorts by time. */
export const attemptName = (now: Date, uuid: string): string =>
  `${now.toISOString().replaceAll(/[-:]|\.\d+Z$/g, '')}_${uuid}`.toUpperCase().replaceAll('-', '');

export const stagingTable = ({ place, attempt }: Staging, index: number): string =>
  own(place, `STAGING_${attempt}_${index}`);

type Stage = Pick<Staging, 'place' | 'options'>;

/** An external stage takes no uploads: where one is set, those go to a stage of Strata's own. */
const internalStage = ({ place, options }: Stage): string =>
  stageName(place, options.stageUrl === undefined ? (options.stage ?? INTERNAL) : INTERNAL);

const externalStage = ({ place, options }: Stage): string => stageName(place, options.stage ?? EXTERNAL);

const stageName = (place: Place, stage: string): string =>
  stage.includes('.') ? stage.split('.').map(name).join('.') : own(place, stage);

const runFolder = ({ attempt }: Staging): string => `runs/${attempt}/`;

/** Makes the stages that are Strata's own. */
export async function createStages(client: SnowflakeClient, staging: Staging, run: RunOptions): Promise<void> {
  const { stage, stageUrl, storageIntegration } = staging.options;
  const exists = stage?.includes('.') === true;
  if (staging.uploads && !(exists && stageUrl === undefined))
    await client.run(`CREATE STAGE IF NOT EXISTS ${internalStage(staging)}`, run);
  if (stageUrl === undefined || exists) return;
  const integration = storageIntegration === undefined ? '' : ` STORAGE_INTEGRATION = ${name(storageIntegration)}`;
  await client.run(`CREATE STAGE IF NOT EXISTS ${externalStage(staging)} URL = ${quoted(stageUrl)}${integration}`, run);
}

/** Files that lie below an external stage are copied from where they are. */
const inPlace = ({ stageUrl }: SnowflakeOptions, uris: readonly string[]): boolean =>
  stageUrl !== undefined && uris.every((uri) => toUri(uri).startsWith(stageUrl));

const toUri = (uri: string): string => (uri.startsWith('/') ? pathToFileURL(uri).href : uri);
const toPath = (uri: string): string => (uri.startsWith('file:') ? fileURLToPath(uri) : uri);

const urisOf = (table: PublishedTable): string[] => table.replacePartitions.flatMap((p) => p.uris);

/** Puts a table's files below the attempt's prefix; what lies on S3 comes down first. Needs no virtual warehouse. */
export async function upload(
  client: SnowflakeClient,
  staging: Staging,
  session: SessionOptions,
  index: number,
  table: PublishedTable,
  run: RunOptions,
): Promise<void> {
  const uris = urisOf(table);
  if (inPlace(staging.options, uris)) return;
  const options = 'AUTO_COMPRESS = FALSE SOURCE_COMPRESSION = NONE OVERWRITE = TRUE PARALLEL = 4';
  let count = 0;
  // A folder for each: files of two partitions may have one name. The client takes the path as it is, not as a URL.
  const put = (path: string) => {
    const target = `@${internalStage(staging)}/${runFolder(staging)}${index}/${count++}/`;
    return client.run(`PUT ${quoted(`file://${path}`)} ${target} ${options}`, run);
  };
  const local = uris.filter((uri) => !uri.startsWith('s3://'));
  for (const uri of local) await put(toPath(uri));
  const remote = uris.filter((uri) => uri.startsWith('s3://'));
  if (remote.length > 0) await viaDisk(session, remote, put);
}

/** One file after the other, so that the disk holds one. */
async function viaDisk(options: SessionOptions, uris: readonly string[], put: (path: string) => Promise<unknown>) {
  const folder = await mkdtemp(join(options.tempDirectory ?? tmpdir(), 'strata-put-'));
  try {
    await using session = await openSession(options);
    await enableUris(session, uris);
    for (const [i, uri] of uris.entries()) {
      const path = join(folder, `${i}.parquet`);
      await session.run(
        `COPY (FROM read_parquet(${literal(uri)}, hive_partitioning = false)) TO ${literal(path)} (FORMAT parquet)`,
      );
      await put(path);
      await rm(path);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

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
    const paths = uris.map((uri) => toUri(uri).slice(staging.options.stageUrl!.length));
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

/** Removes what an attempt staged. */
export async function cleanUp(
  client: SnowflakeClient,
  staging: Staging,
  tables: number,
  run: RunOptions,
): Promise<void> {
  for (let index = 0; index < tables; index++) {
    await client.run(`DROP TABLE IF EXISTS ${stagingTable(staging, index)}`, run);
  }
  if (staging.uploads) await client.run(`REMOVE @${internalStage(staging)}/${runFolder(staging)}`, run);
}

/** Removes what attempts that began before this moment left; a live one that is that slow loses its files and fails. */
export async function cleanLeftovers(
  client: SnowflakeClient,
  staging: Staging,
  before: Date,
  run: RunOptions,
): Promise<void> {
  const oldest = attemptName(before, '').slice(0, 'yyyymmddThhmmss'.length);
  const { place } = staging;
  const schema = `${name(place.database)}.${name(ownSchema(place))}`;
  const tables = await client.run(`SHOW TABLES LIKE 'STAGING_%' IN SCHEMA ${schema}`, run);
  const at = tables.columns.findIndex((c) => c.name === 'name');
  for (const row of tables.rows) {
    const began = /^STAGING_(\d{8}T\d{6})_/.exec(String(row[at]))?.[1];
    if (began !== undefined && began < oldest)
      await client.run(`DROP TABLE IF EXISTS ${own(place, String(row[at]))}`, run);
  }
  if (!staging.uploads) return;
  const files = await client.run(`LIST @${internalStage(staging)}/runs/`, run);
  const runs = new Set(files.rows.map((row) => /(?:^|\/)runs\/(\d{8}T\d{6}_\w+)\//.exec(String(row[0]))?.[1]));
  for (const old of runs) {
    if (old !== undefined && old < oldest) await client.run(`REMOVE @${internalStage(staging)}/runs/${old}/`, run);
  }
}
