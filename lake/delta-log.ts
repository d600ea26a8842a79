import { StrataError } from '../core/errors.ts';
import type { Version } from '../core/ledger.ts';
import { type Commit, parseCommit } from './delta-actions.ts';
import { commitFile, logFolder, versionOf } from './layout.ts';
import { type ObjectStore, textOf } from './object-store.ts';
import { inParallel } from './parallel.ts';

const READS_AT_ONCE = 32;

export interface TailOptions {
  /** Read no further than this version. */
  readonly upTo?: Version | undefined;
  /** Leave the file actions unread. */
  readonly only?: 'ledger' | undefined;
}

/**
 * The commits after version `after`, in order and without a gap: one listing, then the files.
 * @throws corrupt when a version is missing in the middle or a commit cannot be read.
 */
export async function readTail(
  store: ObjectStore,
  table: string,
  after: Version,
  options: TailOptions = {},
): Promise<Commit[]> {
  const last = await newestVersion(store, table, after, options.upTo);
  const versions = Array.from({ length: Math.max(0, last - after) }, (_, i) => after + 1 + i);
  return inParallel(versions, READS_AT_ONCE, async (version) => {
    const commit = await readCommit(store, table, version, options.only);
    // Not the listing decides about gaps: it may overtake a commit that lands while it runs.
    if (!commit) throw missingVersion(store, table, version, last);
    return commit;
  });
}

/** @returns undefined when there is no such version. */
export async function readCommit(
  store: ObjectStore,
  table: string,
  version: Version,
  only?: 'ledger',
): Promise<Commit | undefined> {
  const path = commitFile(table, version);
  const bytes = await store.get(path);
  if (bytes === undefined) return undefined;
  let text: string;
  try {
    text = textOf(bytes);
  } catch (cause) {
    throw new StrataError('corrupt', 'The table log holds bytes that are not UTF-8', { where: store.uri(path), cause });
  }
  return parseCommit(text, version, store.uri(path), only);
}

async function newestVersion(
  store: ObjectStore,
  table: string,
  after: Version,
  upTo: Version | undefined,
): Promise<Version> {
  let last = after;
  const startAfter = after < 0 ? {} : { startAfter: commitFile(table, after) };
  for await (const path of store.listPaths(logFolder(table), startAfter)) {
    const version = versionOf(path, '.json');
    if (version !== undefined && version > last) last = version;
    if (upTo !== undefined && last >= upTo) return upTo;
  }
  return last;
}

function missingVersion(store: ObjectStore, table: string, version: Version, last: Version): StrataError {
  return new StrataError('corrupt', `The table log has version ${last} but version ${version} is missing`, {
    where: store.uri(commitFile(table, version)),
    hint: 'Restore the file from a backup of the lake; a log with a gap says nothing certain.',
  });
}
