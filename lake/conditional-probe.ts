import { randomUUID } from 'node:crypto';
import { StrataError } from '../core/errors.ts';
import type { ObjectStore } from './object-store.ts';

const RACERS = 8;

/**
 * Proves that `putIfAbsent` of this store means it, once and in a race: everything rests on it.
 * @throws bad_settings when it does not.
 */
export async function probeConditionalWrites(store: ObjectStore): Promise<void> {
  const folder = `_strata/probe/${randomUUID()}`;
  const [once, race] = [`${folder}-once`, `${folder}-race`];
  try {
    const first = await store.putIfAbsent(once, 'first');
    const second = await store.putIfAbsent(once, 'second');
    const kept = await store.getText(once);
    if (!first || second || kept !== 'first') throw refused(store, 'a second write was let through');
    const names = Array.from({ length: RACERS }, (_, i) => `racer ${i}`);
    const won = await Promise.all(names.map((name) => store.putIfAbsent(race, name)));
    const winners = names.filter((_, i) => won[i]);
    if (winners.length !== 1 || (await store.getText(race)) !== winners[0]) {
      throw refused(store, `${winners.length} of ${RACERS} racing writers were told that they won`);
    }
  } catch (error) {
    const unsupported = error instanceof StrataError && /NotImplemented|NotSupported/.test(error.message);
    throw unsupported ? refused(store, 'it does not know If-None-Match', error) : error;
  } finally {
    await store.delete([once, race]).catch(() => undefined);
  }
}

function refused(store: ObjectStore, what: string, cause?: unknown): StrataError {
  return new StrataError('bad_settings', `This store has no conditional writes: ${what}`, {
    where: store.uri('_strata'),
    hint: 'Use AWS S3, Cloudflare R2, MinIO, Versity, or a local folder. Google Cloud Storage by its S3 interface does not have them.',
    cause,
  });
}
