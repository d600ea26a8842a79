import type { Session } from '../engine/session.ts';
import { ident } from '../engine/sql-text.ts';
import { wrongCut } from './publication-rules.ts';
import type { Publication } from './warehouse.ts';

/** Name under which the warehouse file is attached. */
export const ATTACHED = 'strata_warehouse';

const SCHEMA = `${ATTACHED}._strata`;

/** What a warehouse file says about itself. */
export interface FileState {
  /** 0: a file without any publication. */
  readonly generation: number;
  /** Cut of the pipeline asked for; null: none. */
  readonly cut: number | null;
}

/** Tables in which the file records its publications: the cut each pipeline is at, and how it came there. */
export async function createLedger(session: Session): Promise<void> {
  await session.run(`
    CREATE SCHEMA IF NOT EXISTS ${SCHEMA};
    CREATE TABLE IF NOT EXISTS ${SCHEMA}.publication (
      schema_name VARCHAR, pipeline VARCHAR, cut BIGINT NOT NULL, published_at TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (schema_name, pipeline));
    CREATE TABLE IF NOT EXISTS ${SCHEMA}.generation (
      generation BIGINT PRIMARY KEY, attempt VARCHAR NOT NULL, schema_name VARCHAR NOT NULL, pipeline VARCHAR NOT NULL,
      from_cut BIGINT, to_cut BIGINT NOT NULL, published_at TIMESTAMPTZ NOT NULL);`);
}

export async function readState(session: Session, schema: string, pipeline: string): Promise<FileState> {
  const generation = await session.value<bigint | null>(`SELECT max(generation) FROM ${SCHEMA}.generation`);
  const cut = await session.value<bigint>(
    `SELECT cut FROM ${SCHEMA}.publication WHERE schema_name = ? AND pipeline = ?`,
    [schema, pipeline],
  );
  return { generation: Number(generation ?? 0n), cut: cut === undefined ? null : Number(cut) };
}

export async function holdsAttempt(session: Session, attempt: string): Promise<boolean> {
  return (await session.value(`SELECT 1 FROM ${SCHEMA}.generation WHERE attempt = ?`, [attempt])) !== undefined;
}

export interface Move {
  readonly schema: string;
  readonly publication: Publication;
  readonly generation: number;
  readonly attempt: string;
}

/**
 * Moves the pipeline from the expected cut to the new one, first thing in the transaction.
 * @throws conflict unless exactly that row is there.
 */
export async function moveLedger(session: Session, move: Move): Promise<void> {
  const { schema, publication, generation, attempt } = move;
  const { pipeline, fromCut, toCut } = publication;
  const moved =
    fromCut === null
      ? await session.rows(
          `INSERT INTO ${SCHEMA}.publication SELECT ?, ?, ?, now() ON CONFLICT DO NOTHING RETURNING cut`,
          [schema, pipeline, toCut],
        )
      : await session.rows(
          `UPDATE ${SCHEMA}.publication SET cut = ?, published_at = now()
           WHERE schema_name = ? AND pipeline = ? AND cut = ? RETURNING cut`,
          [toCut, schema, pipeline, fromCut],
        );
  if (moved.length !== 1) {
    const { cut } = await readState(session, schema, pipeline);
    throw wrongCut(publication, cut);
  }
  await session.run(`INSERT INTO ${SCHEMA}.generation VALUES (?, ?, ?, ?, ${fromCut ?? 'NULL'}, ?, now())`, [
    generation,
    attempt,
    schema,
    pipeline,
    toCut,
  ]);
}

export const tableName = (schema: string, table: string): string => `${ATTACHED}.${ident(schema)}.${ident(table)}`;
