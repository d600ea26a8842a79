import { NativeConnection } from '@temporalio/worker';
import type { Settings } from '../config/settings.ts';
import { StrataError } from '../core/errors.ts';
import { SEARCH_ATTRIBUTES } from '../workflows/search-attributes.ts';

/** Of Temporal's enum IndexedValueType. */
const KEYWORD = 2;

/** @throws unreachable naming the address and how to start a server; bad_settings for a namespace that is not there */
export async function connectWorker({ temporal }: Settings): Promise<NativeConnection> {
  const { address, namespace, tls, apiKey } = temporal;
  let connection: NativeConnection;
  try {
    connection = await NativeConnection.connect({ address, tls, ...(apiKey && { apiKey: apiKey.reveal() }) });
  } catch (cause) {
    throw new StrataError('unreachable', `Temporal does not answer at ${address}`, {
      where: 'STRATA_TEMPORAL_ADDRESS',
      hint: 'Start the development servers with `npx strata dev`, or point STRATA_TEMPORAL_ADDRESS at your server.',
      cause,
    });
  }
  try {
    await ensureSearchAttributes(connection, namespace);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Workflows cannot run before the attributes they set exist. */
async function ensureSearchAttributes(connection: NativeConnection, namespace: string): Promise<void> {
  const wanted = Object.values(SEARCH_ATTRIBUTES).map(({ name }) => name);
  let missing: string[] = wanted;
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    missing = wanted.filter((name) => !(name in (customAttributes ?? {})));
    if (missing.length === 0) return;
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (cause) {
    if (/already exists/i.test(String(cause))) return;
    const unknown = /namespace .*not found/i.test(String(cause));
    throw new StrataError(
      'bad_settings',
      unknown ? `Temporal has no namespace ${namespace}` : `Search attributes cannot be made: ${missing.join(', ')}`,
      {
        where: 'STRATA_TEMPORAL_NAMESPACE',
        hint: unknown
          ? 'Create it, or set STRATA_TEMPORAL_NAMESPACE to one that exists.'
          : 'Create them once by hand, all of type Keyword: `temporal operator search-attribute create`.',
        cause,
      },
    );
  }
}
