import { StrataError } from '../core/errors.ts';
import { loadExtension } from '../engine/extensions.ts';
import { openSession, type Session, type SessionOptions } from '../engine/session.ts';
import { literal } from '../engine/sql-text.ts';
import { toHeldError } from './held-file.ts';
import { ATTACHED } from './ledger-tables.ts';

/**
 * Opens a warehouse file in a session of its own, under the name ATTACHED; closed at the end.
 * @throws held while another process has it open for writing
 */
export async function withFile<T>(
  options: SessionOptions,
  path: string,
  mode: 'READ_ONLY' | 'READ_WRITE',
  work: (session: Session) => Promise<T>,
): Promise<T> {
  await using session = await openSession(options);
  await session.run(`ATTACH ${literal(path)} AS ${ATTACHED} (${mode}, TYPE duckdb)`).catch((error: unknown) => {
    throw toHeldError(error, path);
  });
  const result = await work(session);
  // Nothing is written after this, so no write-ahead log may stay behind.
  if (mode === 'READ_WRITE') await session.run(`DETACH ${ATTACHED}`);
  return result;
}

/** @throws bad_settings where DuckDB cannot read from S3. */
export async function enableUris(session: Session, uris: readonly string[]): Promise<void> {
  if (!uris.some((uri) => uri.startsWith('s3://'))) return;
  const state = await loadExtension(session, 'httpfs');
  if (state.loaded) return;
  throw new StrataError('bad_settings', `The warehouse cannot read from S3: ${state.reason}`, {
    hint: 'Install DuckDB’s httpfs extension into the folder of extensions.',
  });
}
