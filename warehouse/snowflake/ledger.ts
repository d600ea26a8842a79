import { StrataError } from '../../core/errors.ts';
import { wrongCut } from '../publication-rules.ts';
import type { Publication, PublishedCut } from '../warehouse.ts';
import type { RunOptions, SnowflakeClient } from './client.ts';
import { name, own, ownSchema, type Place, quoted } from './names.ts';

/** What the last publication left: the columns of its tables, for finding changes by other hands, and its views. */
export interface RecordedState {
  /** Table -> column -> type, in Snowflake's words and the project's lower case. */
  readonly tables: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** View -> digest of its definition and of the tables it reads. */
  readonly views: Readonly<Record<string, string>>;
  /** Comments that are set, as a digest per table: setting one again costs a statement. */
  readonly comments: Readonly<Record<string, string>>;
  /** Run after the commit, by the publisher or whoever comes next: what readers of the old cut still needed. */
  readonly leftovers: readonly string[];
}

export const NOTHING: RecordedState = { tables: {}, views: {}, comments: {}, leftovers: [] };

export interface LedgerRow {
  readonly cut: PublishedCut | null;
  readonly attempt: string | null;
  readonly state: RecordedState;
}

/** One table of one row per pipeline: publications of different pipelines never wait for each other's lock. */
export const ledgerTable = (place: Place, pipeline: string): string => own(place, `PUBLICATION_${pipeline}`);
const logTable = (place: Place): string => own(place, 'PUBLICATION_LOG');

/** Makes the two schemas where they are missing. */
export async function createSchemas(client: SnowflakeClient, place: Place, run: RunOptions): Promise<void> {
  const schemas = (await client.run(`SHOW SCHEMAS IN DATABASE ${name(place.database)}`, run)).rows.map((row) => row[1]);
  for (const schema of [place.schema.toUpperCase(), ownSchema(place)]) {
    // Asked first: a role that may not create schemas can publish where they exist.
    if (!schemas.includes(schema)) {
      await client.run(`CREATE SCHEMA IF NOT EXISTS ${name(place.database)}.${name(schema)}`, run);
    }
  }
}

/** Makes Strata's tables where they are missing. The last statement needs the virtual warehouse. */
export async function createLedger(
  client: SnowflakeClient,
  place: Place,
  pipeline: string,
  run: RunOptions,
): Promise<void> {
  await client.run(
    `CREATE TABLE IF NOT EXISTS ${logTable(place)} ("PIPELINE" VARCHAR, "FROM_CUT" NUMBER(19,0), "TO_CUT" NUMBER(19,0),
     "ATTEMPT" VARCHAR, "PUBLISHED_AT" TIMESTAMP_LTZ(6))`,
    run,
  );
  // Last: who finds it takes everything else to be there. The statement that creates it also makes its one row.
  await client.run(
    `CREATE TABLE IF NOT EXISTS ${ledgerTable(place, pipeline)} AS SELECT CAST(NULL AS NUMBER(19,0)) AS "CUT",
     CAST(NULL AS NUMBER(19,0)) AS "CUT_ID", CAST(NULL AS VARCHAR) AS "ATTEMPT", CAST(NULL AS TIMESTAMP_LTZ(6)) AS "PUBLISHED_AT", CAST(NULL AS VARCHAR) AS "STATE",
     CAST(0 AS NUMBER(1,0)) AS "UNFINISHED"`,
    run,
  );
}

/** The pipeline's row. Wakes the virtual warehouse. */
export async function readLedger(
  client: SnowflakeClient,
  place: Place,
  pipeline: string,
  run: RunOptions,
): Promise<LedgerRow> {
  const { rows } = await client.run(
    `SELECT "CUT", "CUT_ID", "ATTEMPT", "STATE" FROM ${ledgerTable(place, pipeline)}`,
    run,
  );
  if (rows.length !== 1) throw damaged(client, place, pipeline, rows.length);
  const [cut, id, attempt, state] = rows[0]!;
  return {
    cut: cutOf(cut, id),
    attempt: attempt as string | null,
    state: state === null ? NOTHING : (JSON.parse(String(state)) as RecordedState),
  };
}

export interface Published {
  readonly cut: PublishedCut | null;
  /** Its publisher was not seen to end: there are leftovers. */
  readonly unfinished: boolean;
}

/**
 * What is published, without waking the virtual warehouse: Snowflake answers MAX of numbers from what it keeps about the
 * table. Undefined where the pipeline has no ledger yet.
 */
export async function readPublished(
  client: SnowflakeClient,
  place: Place,
  pipeline: string,
): Promise<Published | undefined> {
  const columns = ['CUT', 'CUT_ID', 'UNFINISHED'].map((column) => `MAX("${column}") AS "${column}"`).join(', ');
  const sql = `SELECT ${columns} FROM ${ledgerTable(place, pipeline)}`;
  const row = (await rowsIfThere(client, sql, { tag: { pipeline, step: 'cut' } }))?.[0];
  if (row === undefined) return undefined;
  return { cut: cutOf(row[0], row[1]), unfinished: Number(row[2]) > 0 };
}

/** People clear the number alone to have everything loaded anew. */
const cutOf = (cut: unknown, id: unknown): PublishedCut | null =>
  cut === null || cut === undefined ? null : { number: Number(cut), id: Number(id) };

async function rowsIfThere(client: SnowflakeClient, sql: string, run: RunOptions) {
  try {
    return (await client.run(sql, run)).rows;
  } catch (error) {
    const cause = error instanceof StrataError ? (error.cause as { code?: unknown } | undefined) : undefined;
    if (/^(00)?2003$/.test(String(cause?.code))) return undefined;
    throw error;
  }
}

function damaged(client: SnowflakeClient, place: Place, pipeline: string, rows: number): StrataError {
  return new StrataError('corrupt', `${ledgerTable(place, pipeline)} has ${rows} rows and must have one`, {
    where: client.where,
    hint: 'Somebody changed it by hand: leave the row of the newest cut.',
  });
}

export interface Move {
  readonly publication: Publication;
  readonly attempt: string;
  readonly state: RecordedState;
}

/** True only inside the transaction that moved the ledger, and after it was committed: every statement of a load asks this. */
export const fence = (place: Place, pipeline: string, attempt: string): string =>
  `EXISTS (SELECT 1 FROM ${ledgerTable(place, pipeline)} WHERE "ATTEMPT" = ${quoted(attempt)})`;

/**
 * Moves the pipeline from the expected cut to the new one: the first statement of the transaction. It waits for whoever
 * holds the row.
 * @throws conflict unless exactly that row was there.
 */
export async function moveLedger(client: SnowflakeClient, place: Place, move: Move, run: RunOptions): Promise<void> {
  const { publication, attempt, state } = move;
  const { pipeline, fromCut, fromId = 0, toCut, toId = 0 } = publication;
  const { affected } = await client.run(
    `UPDATE ${ledgerTable(place, pipeline)} SET "CUT" = ${toCut}, "CUT_ID" = ${toId}, "ATTEMPT" = ${quoted(attempt)},
     "PUBLISHED_AT" = CURRENT_TIMESTAMP(), "STATE" = ${text(state)}, "UNFINISHED" = ${state.leftovers.length > 0 ? 1 : 0}
     WHERE ${fromCut === null ? '"CUT" IS NULL' : `"CUT" = ${fromCut} AND "CUT_ID" = ${fromId}`}`,
    run,
  );
  if (affected !== 1) throw wrongCut(publication, (await readLedger(client, place, pipeline, run)).cut);
  await client.run(
    `INSERT INTO ${logTable(place)} SELECT ${quoted(pipeline)}, ${fromCut ?? 'NULL'}, ${toCut}, ${quoted(attempt)},
     CURRENT_TIMESTAMP() WHERE ${fence(place, pipeline, attempt)}`,
    run,
  );
}

/** Was this attempt committed, whatever its publisher was told? */
export async function wasCommitted(client: SnowflakeClient, place: Place, attempt: string): Promise<boolean> {
  return (
    Number(await client.value(`SELECT COUNT(*) FROM ${logTable(place)} WHERE "ATTEMPT" = ${quoted(attempt)}`)) === 1
  );
}

/** Notes that nothing is left to do after this attempt's commit. */
export async function clearLeftovers(
  client: SnowflakeClient,
  place: Place,
  { pipeline, attempt, state }: { pipeline: string; attempt: string; state: RecordedState },
  run: RunOptions,
): Promise<void> {
  await client.run(
    `UPDATE ${ledgerTable(place, pipeline)} SET "STATE" = ${text({ ...state, leftovers: [] })}, "UNFINISHED" = 0
     WHERE "ATTEMPT" = ${quoted(attempt)}`,
    run,
  );
}

const text = (state: RecordedState): string => quoted(JSON.stringify(state));
