import type { Session } from '../engine/session.ts';
import { ident } from '../engine/sql-text.ts';
import { wrongCut } from './publication-rules.ts';
import type { Publication, PublishedCut } from './warehouse.ts';

/** Name under which the warehouse file is attached. */
export const ATTACHED = 'strata_warehouse';

const SCHEMA = `${ATTACHED}._strata`;

/** What a warehouse file says about itself. */
export interface FileState {
  /** 0: a file without any publication. */
  readonly generation: number;
  /** Cut of the pipeline asked for; null: none. */
  readonly cut: PublishedCut | null;
}

/** Tables in which the file records its publications: the cut each pipeline is at, and how it came there. */
export async function createLedger(session: Session): Promise<void> {
  await session.run(`
    CREATE SCHEMA IF NOT EXISTS ${SCHEMA};
    CREATE TABLE IF NOT EXISTS ${SCHEMA}.publication (
      schema_name VARCHAR, pipeline VARCHAR, cut BIGINT NOT NULL, cut_id BIGINT NOT NULL, published_at TIMESTAMPTZ NOT NULL,
      PRIMARY KEY (schema_name, pipeline));
    CREATE TABLE IF NOT EXISTS ${SCHEMA}.generation (
      generation BIGINT PRIMARY KEY, attempt VARCHAR NOT NULL, schema_name VARCHAR NOT NULL, pipeline VARCHAR NOT NULL,
      from_cut BIGINT, to_cut BIGINT NOT NULL, published_at TIMESTAMPTZ NOT NULL);`);
}

export async function readState(session: Session, schema: string, pipeline: string): Promise<FileState> {
  const generation = await session.value<bigint | null>(`SELECT max(generation) FROM ${SCHEMA}.generation`);
  const [row] = await session.rows<{ cut: bigint; id: bigint }>(
    `SELECT cut, cut_id AS id FROM ${SCHEMA}.publication WHERE schema_name = ? AND pipeline = ?`,
    [schema, pipeline],
  );
  const cut = row ? { number: Number(row.cut), id: Number(row.id) } : null;
  return { generation: Number(generation ?? 0n), cut };
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
  const { pipeline, fromCut, fromId = 0, toCut, toId = 0 } = publication;
  const moved =
    fromCut === null
      ? await session.rows(
          `INSERT INTO ${SCHEMA}.publication SELECT ?, ?, ?, ?, now() ON CONFLICT DO NOTHING RETURNING cut`,
          [schema, pipeline, toCut, toId],
        )
      : await session.rows(
          `UPDATE ${SCHEMA}.publication SET cut = ?, cut_id = ?, published_at = now()
           WHERE schema_name = ? AND pipeline = ? AND cut = ? AND cut_id = ? RETURNING cut`,
          [toCut, toId, schema, pipeline, fromCut, fromId],
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
