import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { StrataError } from '../core/errors.ts';
import type { S3Options, Session } from './session.ts';
import { ident, literal } from './sql-text.ts';

export type ExtensionName = 'httpfs' | 'postgres_scanner';

export type ExtensionState = { readonly loaded: true } | { readonly loaded: false; readonly reason: string };

/**
 * Loads `<extensionsDirectory>/<name>.duckdb_extension`; nothing is ever downloaded here. With `httpfs`, the session's
 * S3 settings become its secret, so that `s3://` addresses work.
 * @returns why not, where it cannot be loaded: the caller takes the path without it, or says what is missing.
 */
export async function loadExtension(session: Session, name: ExtensionName): Promise<ExtensionState> {
  const folder = session.options.extensionsDirectory;
  if (folder === undefined) return { loaded: false, reason: 'no folder of DuckDB extensions is set' };
  const file = join(folder, `${name}.duckdb_extension`);
  try {
    await access(file);
  } catch {
    return { loaded: false, reason: `${file} does not exist` };
  }
  try {
    await session.run(`LOAD ${literal(file)}`);
  } catch (error) {
    if (error instanceof StrataError && error.code === 'cancelled') throw error;
    return { loaded: false, reason: `${file} does not load: ${error instanceof Error ? error.message : error}` };
  }
  if (name === 'httpfs' && session.options.s3) await createS3Secret(session, session.options.s3);
  return { loaded: true };
}

/** Name of the secret; making it again replaces it. */
const SECRET = 'strata_s3';

async function createS3Secret(session: Session, s3: S3Options): Promise<void> {
  const parts: Record<string, string> = { key_id: s3.accessKeyId, secret: s3.secretAccessKey, region: s3.region };
  const endpoint = s3.endpoint === undefined ? undefined : new URL(s3.endpoint);
  if (endpoint) parts.endpoint = `${endpoint.host}${endpoint.pathname.replace(/\/$/, '')}`;
  // Servers other than AWS rarely answer on <bucket>.<host>.
  if (endpoint && !endpoint.hostname.endsWith('.amazonaws.com')) parts.url_style = 'path';
  const options = Object.entries(parts).map(([option, value]) => `${option} ${literal(value)}`);
  if (endpoint?.protocol === 'http:') options.push('use_ssl false');
  try {
    await session.run(`CREATE OR REPLACE SECRET ${ident(SECRET)} (TYPE s3, ${options.join(', ')})`);
  } catch {
    // The cause is left out on purpose: it holds the statement, and with it the key.
    throw new StrataError('bad_settings', 'DuckDB does not take the S3 settings', {
      hint: 'Check endpoint, region, access key and secret key.',
    });
  }
}
