import type { Session } from '../../engine/session.ts';
import { ident, literal } from '../../engine/sql-text.ts';
import type { SourceConnection } from '../extraction.types.ts';
import { writeParquet } from '../parquet.ts';
import { type ChunkReader, chunkQuery, type ReadPlan } from './chunk-reader.ts';
import { libpqString, SESSION_SETTINGS } from './connection.ts';
import { joinStatements, type PgSnapshot } from './snapshot.ts';

/** The server under a name in DuckDB; each session that is forked from this one reads over a connection of its own. */
export async function attachServer(session: Session, connection: SourceConnection, application: string): Promise<void> {
  await session.run(`ATTACH ${literal(libpqString(connection, application))} AS ${SERVER} (TYPE postgres, READ_ONLY)`);
}

const SERVER = 'strata_source';

/** Reads through DuckDB's postgres_scanner: binary COPY, no intermediate file. */
export async function openScannerReader(parent: Session, plan: ReadPlan, snapshot: PgSnapshot): Promise<ChunkReader> {
  const session = await parent.fork();
  const close = async () => {
    // Never leave it to closing: there DuckDB's rollback over a dead connection ends the whole process. And not through
    // the session, which runs nothing more once it was cancelled.
    await session.connection.run('ROLLBACK').catch(() => {});
    await session.close();
  };
  try {
    // DuckDB begins REPEATABLE READ on the server with its first statement; joining must come before any read.
    await session.run('BEGIN');
    for (const statement of [...joinStatements(snapshot), SESSION_SETTINGS]) {
      await session.run(`CALL postgres_execute('${SERVER}', ${literal(statement)})`);
    }
  } catch (error) {
    await close();
    throw error;
  }
  const columns = plan.projections.map((p) => `${p.fromScanner} AS ${ident(p.name)}`).join(', ');
  return {
    read: (chunk, file) => {
      const query = chunkQuery(plan, chunk, (p) => p.sql);
      const select = `SELECT ${columns}, ${plan.stamps} FROM postgres_query('${SERVER}', ${literal(query)})`;
      return writeParquet(session, select, file, plan.rowBytes);
    },
    close,
  };
}
