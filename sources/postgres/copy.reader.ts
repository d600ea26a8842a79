import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { to as copyTo } from 'pg-copy-streams';
import { StrataError } from '../../core/errors.ts';
import type { Session } from '../../engine/session.ts';
import { ident, literal } from '../../engine/sql-text.ts';
import { diskFault } from '../disk-fault.ts';
import type { SourceConnection, StagedFile } from '../extraction.types.ts';
import { writeParquet } from '../parquet.ts';
import { type ChunkReader, chunkQuery, type ReadPlan } from './chunk-reader.ts';
import { BEGIN_SNAPSHOT, connectPostgres } from './connection.ts';
import { joinStatements, type PgSnapshot } from './snapshot.ts';

const FIRST_LINE_BYTES = 2 ** 21;
const LINE_GROWTH = 8;

/** Reads through COPY ... TO STDOUT into a CSV file per chunk, which DuckDB turns into Parquet. Needs no extension. */
export async function openCopyReader(
  parent: Session,
  plan: ReadPlan,
  snapshot: PgSnapshot,
  connection: SourceConnection,
  application: string,
): Promise<ChunkReader> {
  const client = await connectPostgres(connection, application);
  let session: Session | undefined;
  const close = async () => {
    await session?.close();
    await client.end().catch(() => {});
  };
  try {
    for (const statement of [BEGIN_SNAPSHOT, ...joinStatements(snapshot)]) await client.query(statement);
    session = await parent.fork();
  } catch (error) {
    await close();
    throw error;
  }
  const writer = session;
  return {
    read: async (chunk, file) => {
      const csv = `${file}.csv`;
      try {
        const query = chunkQuery(plan, chunk, (p) => p.textSql ?? p.sql);
        // Its types leave out rowCount.
        const stream = client.query(copyTo(`copy (${query}) to stdout (format csv, force_quote *)`)) as ReturnType<
          typeof copyTo
        > & { readonly rowCount: number };
        await pipeline(stream, createWriteStream(csv)).catch((error) => {
          throw diskFault(error, csv);
        });
        // The stream ends with the last row; how many there were is said after it, and an answer to this after that.
        await client.query('select');
        const staged = await csvToParquet(writer, plan, csv, file);
        requireSame(stream.rowCount, staged?.rows ?? 0, chunk.from);
        return staged;
      } finally {
        await rm(csv, { force: true });
      }
    },
    close,
  };
}

/**
 * Everything is read as text and cast by us. Every value but NULL is quoted, so that '' and NULL, and a row of one NULL
 * and no row, stay apart. How long the longest row is shows only on reading: then again, with more room.
 */
async function csvToParquet(
  session: Session,
  plan: ReadPlan,
  csv: string,
  file: string,
): Promise<StagedFile | undefined> {
  const { size } = await stat(csv);
  if (size === 0) return undefined;
  const types = plan.projections.map((p) => `${literal(p.name)}: 'VARCHAR'`).join(', ');
  const columns = plan.projections.map((p) => `${p.fromText} AS ${ident(p.name)}`).join(', ');
  for (let line = FIRST_LINE_BYTES; ; line = Math.min(line * LINE_GROWTH, Math.max(size, FIRST_LINE_BYTES))) {
    const source = `read_csv(${literal(csv)}, columns = {${types}}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', new_line = '\\n', nullstr = '', allow_quoted_nulls = false, max_line_size = ${line}, buffer_size = ${Math.max(2 * line, 2 ** 24)})`;
    try {
      return await writeParquet(session, `SELECT ${columns}, ${plan.stamps} FROM ${source}`, file, plan.rowBytes);
    } catch (error) {
      if (line >= size) throw withoutData(error);
      if (!/CSV Error|line size/i.test(String(error))) throw error;
    }
  }
}

/** DuckDB quotes the row it could not read: that must not reach a log. */
function withoutData(error: unknown): unknown {
  if (!/CSV Error/.test(String(error))) return error;
  const reason = /\n([^\n]*)\nPossible fixes/.exec(String(error))?.[1] ?? 'no reason given';
  return new StrataError('internal', `What PostgreSQL sent cannot be read back as CSV: ${reason}`, {
    hint: 'Report this.',
  });
}

function requireSame(sent: number, staged: number, relation: string): void {
  if (sent === staged) return;
  throw new StrataError('internal', `PostgreSQL sent ${sent} rows of ${relation}, ${staged} arrived`, {
    hint: 'Report this.',
  });
}
