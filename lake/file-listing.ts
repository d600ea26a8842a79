import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, fileError } from './file-errors.ts';
import type { ObjectInfo } from './object-store.ts';

const STATS_AT_ONCE = 64;

/** The files below `root` as S3 would list them: by prefix of the whole path, in the order of the whole path. */
export async function* listFiles(
  root: string,
  prefix: string,
  startAfter: string | undefined,
  hidden: (name: string) => boolean,
): AsyncGenerator<string> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  yield* walk(folder);

  async function* walk(at: string): AsyncGenerator<string> {
    // `a-b` sorts before `a/x`: folders take part in the order with their slash.
    const names = (await entries(join(root, at)))
      .filter((entry) => !(at === '' && hidden(entry.name)))
      .map((entry) => (entry.isDirectory() ? `${at}${entry.name}/` : `${at}${entry.name}`))
      .filter((path) => (path.endsWith('/') ? mayHold(path) : path.startsWith(prefix) && isAfter(path)))
      .sort(byCode);
    for (const path of names) {
      if (path.endsWith('/')) yield* walk(path);
      else yield path;
    }
  }

  function isAfter(path: string): boolean {
    return startAfter === undefined || path > startAfter;
  }

  function mayHold(path: string): boolean {
    if (!path.startsWith(prefix) && !prefix.startsWith(path)) return false;
    return startAfter === undefined || path > startAfter || startAfter.startsWith(path);
  }
}

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function entries(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw fileError(error, 'list', folder);
  }
}

/** Looks at files in groups, because one after the other waits for the disk each time. */
export async function* withInfo(root: string, paths: AsyncIterable<string>): AsyncGenerator<ObjectInfo> {
  let group: string[] = [];
  const look = async (): Promise<ObjectInfo[]> => {
    const infos = await Promise.all(group.map((path) => infoOf(root, path)));
    group = [];
    return infos.filter((info) => info !== undefined);
  };
  for await (const path of paths) {
    group.push(path);
    if (group.length === STATS_AT_ONCE) yield* await look();
  }
  yield* await look();
}

async function infoOf(root: string, path: string): Promise<ObjectInfo | undefined> {
  try {
    const info = await stat(join(root, path));
    return { path, bytes: info.size, modifiedAt: info.mtime };
  } catch (error) {
    // Deleted between the listing and this look.
    if (codeOf(error) === 'ENOENT') return undefined;
    throw fileError(error, 'read', join(root, path));
  }
}
