import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { StrataError } from '../../core/errors.ts';
import { fileError } from '../../lake/file-errors.ts';
import { FileStore } from '../../lake/file-store.ts';
import { commitFile } from '../../lake/layout.ts';
import type { ObjectStore } from '../../lake/object-store.ts';
import { openTable } from '../../lake/table.ts';
import { startChild } from './child-process.ts';
import { tempFolder } from './fixtures.ts';
import { commitSomething, dice } from './random-ledger.ts';

const NAME = 'silver.payment';
const TABLE = 'dev/silver/payment';

const pathsOf = async (store: ObjectStore): Promise<string[]> => {
  const paths: string[] = [];
  for await (const path of store.listPaths('')) paths.push(path);
  return paths;
};

async function tableOf(store: ObjectStore, commits: number): Promise<void> {
  const table = openTable(store, 'dev', NAME, { checkpointEvery: 1000 });
  const roll = dice(3);
  for (let i = 0; i < commits; i++) await commitSomething(table, roll, `a${i}`);
}

describe('a log that is damaged', () => {
  test.each([
    ['a cut line', (text: string) => text.slice(0, -30)],
    ['a line that is no JSON', (text: string) => text.replace('{"txn"', '{txn')],
    ['an add without a path', (text: string) => `${text}{"add":{"size":1}}\n`],
    ['an entry of no known kind', (text: string) => text.replace(/"kind":"[a-z]+"/g, '"kind":"magic"')],
    ['nothing in it', () => ''],
    ['an entry of a later format', (text: string) => text.replace('"format":1', '"format":2')],
    ['a path that is no URI', (text: string) => `${text}{"remove":{"path":"%zz","dataChange":true}}\n`],
  ])('is corrupt, with file and line: %s', async (_, damage) => {
    const store = new FileStore(await tempFolder());
    await tableOf(store, 4);
    const path = commitFile(TABLE, 2);
    await store.put(path, damage((await store.getText(path)) ?? ''));
    const failure = await openTable(store, 'dev', NAME)
      .load()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'StrataError', code: 'corrupt', kind: 'terminal' });
    expect((failure as StrataError).where).toMatch(/00000000000000000002\.json:\d+$/);
    expect((failure as StrataError).hint).toBeTruthy();
  });

  test('is corrupt when it is not UTF-8 or asks for another protocol', async () => {
    const store = new FileStore(await tempFolder());
    await tableOf(store, 4);
    const path = commitFile(TABLE, 2);
    const good = (await store.getText(path)) ?? '';
    await store.put(path, new Uint8Array([0xff, 0xfe, 0x0a]));
    await expect(openTable(store, 'dev', NAME).load()).rejects.toThrow(/UTF-8/);
    await store.put(path, `${good}{"protocol":{"minReaderVersion":3,"minWriterVersion":7}}\n`);
    await expect(openTable(store, 'dev', NAME).load()).rejects.toThrow(/reader 3/);
  });

  test('is corrupt when a version is missing in the middle or at the start', async () => {
    for (const gone of [0, 2]) {
      const store = new FileStore(await tempFolder());
      await tableOf(store, 4);
      await store.delete([commitFile(TABLE, gone)]);
      await expect(openTable(store, 'dev', NAME).load()).rejects.toMatchObject({
        code: 'corrupt',
        where: store.uri(commitFile(TABLE, gone)),
      });
    }
  });

  test('does not hide a commit that a listing overtook', async () => {
    const store = new FileStore(await tempFolder());
    await tableOf(store, 4);
    const listPaths = store.listPaths.bind(store);
    store.listPaths = async function* (prefix, options) {
      for await (const path of listPaths(prefix, options)) if (!path.endsWith('2.json')) yield path;
    };
    expect((await openTable(store, 'dev', NAME).load()).version).toBe(3);
  });

  test('does not mind what else lies in its folder', async () => {
    const store = new FileStore(await tempFolder());
    await tableOf(store, 2);
    for (const name of ['.tmp_x', '1.json', '00000000000000000002.json.tmp', 'x.crc', '_commits/1.json']) {
      await store.put(`${TABLE}/_delta_log/${name}`, 'x');
    }
    expect((await openTable(store, 'dev', NAME).load()).version).toBe(1);
  });
});

describe('a limit on file size', () => {
  test('is a typed error, and nothing half-written is there', async () => {
    const folder = await tempFolder();
    // The trap makes the limit an error instead of a signal.
    const child = startChild('./writer.child.ts', [folder, String(3_000_000)], `trap '' XFSZ; ulimit -f 1024;`);
    expect(await child.ended, child.errors()).toBe(0);
    expect(JSON.parse(child.lines[1] ?? '{}')).toMatchObject({ typed: true, code: 'storage', kind: 'terminal' });
    expect(child.lines[1]).toContain('ulimit');
    expect(await pathsOf(new FileStore(folder))).toEqual([]);
    expect(await readdir(join(folder, '.strata-tmp'))).toEqual([]);
  });

  test('that kills the process leaves nothing visible either', async () => {
    const folder = await tempFolder();
    const child = startChild('./writer.child.ts', [folder, String(3_000_000)], 'ulimit -c 0; ulimit -f 1024;');
    await child.ended;
    expect(await pathsOf(new FileStore(folder))).toEqual([]);
  });
});

/** A folder on a disk that is full from the nth write on, until there is room again. */
class FullStore extends FileStore {
  writes = 0;
  room = false;
  readonly #nth: number;

  constructor(root: string, nth: number) {
    super(root);
    this.#nth = nth;
  }

  override async put(path: string, bytes: Uint8Array | string): Promise<void> {
    this.#count(path);
    await super.put(path, bytes);
  }

  override async putIfAbsent(path: string, bytes: Uint8Array | string): Promise<boolean> {
    this.#count(path);
    return super.putIfAbsent(path, bytes);
  }

  override async putFile(path: string, localFile: string): Promise<void> {
    this.#count(path);
    await super.putFile(path, localFile);
  }

  #count(path: string): void {
    this.writes += 1;
    if (this.room || this.writes < this.#nth) return;
    throw fileError(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }), 'write', this.uri(path));
  }
}

test('ENOSPC at every nth write: the commit is there whole or not at all, and the next one goes on', async () => {
  const newest = async (folder: string) => (await openTable(new FileStore(folder), 'dev', NAME).load()).version;
  const outcomes: string[] = [];
  for (let nth = 1; ; nth += 1) {
    const folder = await tempFolder();
    await tableOf(new FileStore(folder), 3);
    const store = new FullStore(folder, nth);
    // With a checkpoint after the commit: it may fail, the commit stands.
    const warnings: unknown[] = [];
    const table = openTable(store, 'dev', NAME, { checkpointEvery: 2, onWarning: (error) => warnings.push(error) });
    const failure = await commitSomething(table, dice(9), 'full').then(
      () => undefined,
      (error: unknown) => error,
    );
    const { writes } = store;
    if (failure) expect(failure).toMatchObject({ name: 'StrataError', code: 'storage', kind: 'transient' });
    expect(await newest(folder)).toBe(failure ? 2 : 3);
    store.room = true;
    await commitSomething(table, dice(10), 'on');
    expect(await newest(folder)).toBe(failure ? 3 : 4);
    outcomes.push(failure ? 'refused' : warnings.length > 0 ? 'without a checkpoint' : 'done');
    if (writes < nth) break;
  }
  expect(new Set(outcomes)).toEqual(new Set(['refused', 'without a checkpoint', 'done']));
});

const disk = smallDisk();
afterAll(() => disk?.unmount());

const noDisk = disk ? '' : ' (skipped: no file system can be mounted here)';

describe.skipIf(!disk)(`a full disk${noDisk}`, () => {
  test('is a typed error with a hint; what was there stays readable, and work goes on when there is room', async () => {
    const store = new FileStore(join(disk?.folder ?? '', 'lake'));
    await tableOf(store, 3);
    const before = await openTable(store, 'dev', NAME).load();
    let failure: unknown;
    let filler = 0;
    while (!failure)
      failure = await store
        .putIfAbsent(`filler/${filler++}`, 'x'.repeat(100_000))
        .catch((error) => error)
        .then((r) => (r === true ? undefined : r));
    expect(failure).toMatchObject({ name: 'StrataError', code: 'storage', kind: 'transient' });
    expect((failure as StrataError).message).toContain('disk is full');
    expect((failure as StrataError).hint).toContain('Free space');
    expect(await readdir(join(disk?.folder ?? '', 'lake', '.strata-tmp'))).toEqual([]);
    // The last bytes too, so that a commit has no room.
    while ((await store.putIfAbsent(`filler/${filler++}`, 'x'.repeat(4_096)).catch(() => false)) === true);
    const table = openTable(store, 'dev', NAME);
    await expect(commitSomething(table, dice(9), 'full')).rejects.toMatchObject({ code: 'storage', kind: 'transient' });
    expect((await openTable(store, 'dev', NAME).load()).version).toBe(before.version);
    for (let i = 0; i < filler; i++) await store.delete([`filler/${i}`]);
    expect(await commitSomething(table, dice(9), 'room')).toBe(before.version + 1);
  });
});

describe('failures of the file system', () => {
  test.each([
    ['EACCES', 'storage', 'terminal', /permission/],
    ['EROFS', 'storage', 'terminal', /read-only/],
    ['ENOSPC', 'storage', 'transient', /full/],
    ['EFBIG', 'storage', 'terminal', /larger/],
    ['EIO', 'storage', 'transient', /EIO/],
  ])('%s is %s, %s', (code, strataCode, kind, message) => {
    const error = fileError(Object.assign(new Error(`${code}: x`), { code }), 'write', '/lake/x');
    expect(error).toMatchObject({ code: strataCode, kind, where: '/lake/x' });
    expect(error.message).toMatch(message);
  });

  test('a folder that is a file is said to be one', async () => {
    const folder = await tempFolder();
    await new FileStore(folder).put('file', 'x');
    await expect(new FileStore(join(folder, 'file')).put('a/b', 'x')).rejects.toMatchObject({ code: 'storage' });
  });
});

/** Two megabytes of memory as a disk; undefined where this user may not mount. */
function smallDisk(): { folder: string; unmount: () => void } | undefined {
  const folder = join(mkdtempSync(join(tmpdir(), 'strata-disk-')), 'disk');
  try {
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(join(folder, '..'), { recursive: true });
    return undefined;
  }
  return {
    folder,
    unmount: () => {
      execFileSync('umount', [folder]);
      rmSync(join(folder, '..'), { recursive: true });
    },
  };
}
