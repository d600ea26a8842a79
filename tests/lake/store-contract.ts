import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { probeConditionalWrites } from '../../lake/conditional-probe.ts';
import type { ObjectStore } from '../../lake/object-store.ts';
import { tempFolder } from './fixtures.ts';

const paths = async (store: ObjectStore, prefix: string, startAfter?: string): Promise<string[]> => {
  const found: string[] = [];
  for await (const { path } of store.list(prefix, startAfter === undefined ? {} : { startAfter })) found.push(path);
  return found;
};

/** What every object store must do. @param open gives an empty store. */
export function storeContract(open: () => Promise<ObjectStore>): void {
  test('what was put is read back, whole and in ranges; what was not is undefined', async () => {
    const store = await open();
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);
    await store.put('a/b.bin', bytes);
    expect(new Uint8Array((await store.get('a/b.bin')) ?? [])).toEqual(bytes);
    expect([...((await store.get('a/b.bin', { start: 10, end: 13 })) ?? [])]).toEqual([10, 11, 12]);
    expect((await store.get('a/b.bin', { start: 990, end: 2000 }))?.length).toBe(10);
    expect((await store.get('a/b.bin', { start: 5000, end: 6000 }))?.length).toBe(0);
    await expect(store.get('a/b.bin', { start: 5, end: 5 })).rejects.toMatchObject({ code: 'internal' });
    expect(await store.get('a/none.bin')).toBeUndefined();
    expect(await store.getText('a')).toBeUndefined();
    await store.put('a/b.bin', 'Grüße, 世界 🌍');
    expect(await store.getText('a/b.bin')).toBe('Grüße, 世界 🌍');
    await store.put('empty', '');
    expect((await store.get('empty'))?.length).toBe(0);
  });

  test('put if absent lets the first through and keeps it', async () => {
    const store = await open();
    expect(await store.putIfAbsent('x', 'first')).toBe(true);
    expect(await store.putIfAbsent('x', 'second')).toBe(false);
    expect(await store.getText('x')).toBe('first');
    await store.delete(['x', 'never-was']);
    expect(await store.putIfAbsent('x', 'third')).toBe(true);
  });

  test('of racing writers exactly one wins, and its content stays', async () => {
    const store = await open();
    for (let round = 0; round < 20; round++) {
      const names = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(5000));
      const won = await Promise.all(names.map((name) => store.putIfAbsent(`race/${round}`, name)));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await store.getText(`race/${round}`)).toBe(names[won.indexOf(true)]);
    }
  });

  test('the probe for conditional writes passes and leaves nothing', async () => {
    const store = await open();
    await probeConditionalWrites(store);
    expect(await paths(store, '')).toEqual([]);
  });

  test('listing is by prefix of the path, in order, after a path', async () => {
    const store = await open();
    const all = ['a-b', 'a/1', 'a/2/x', 'a/2/y', 'a/20', 'ab', 'b/_p=2026-11-01T05%3A30/f g.parquet', 'b/ü'];
    for (const path of [...all].reverse()) await store.put(path, path);
    expect(await paths(store, '')).toEqual(all);
    expect(await paths(store, 'a/2')).toEqual(['a/2/x', 'a/2/y', 'a/20']);
    expect(await paths(store, 'a')).toEqual(all.slice(0, 6));
    expect(await paths(store, '', 'a/2/x')).toEqual(all.slice(3));
    expect(await paths(store, 'a/', 'a/1')).toEqual(all.slice(2, 5));
    expect(await paths(store, 'a/2/', 'a/2/y')).toEqual([]);
    expect(await paths(store, 'nothing/here')).toEqual([]);
    for (const path of all) expect(await store.getText(path)).toBe(path);
  });

  test('listing tells sizes and times, and goes on past a thousand objects', async () => {
    const store = await open();
    const names = Array.from({ length: 1100 }, (_, i) => `many/${String(i).padStart(5, '0')}`);
    for (let i = 0; i < names.length; i += 50) {
      await Promise.all(names.slice(i, i + 50).map((name) => store.put(name, name)));
    }
    const infos = [];
    for await (const info of store.list('many/')) infos.push(info);
    expect(infos.map((info) => info.path)).toEqual(names);
    expect(infos[7]).toMatchObject({ bytes: 10 });
    expect(Math.abs(Date.now() - (infos[7]?.modifiedAt.getTime() ?? 0))).toBeLessThan(120_000);
    await store.delete(names);
    expect(await paths(store, 'many/')).toEqual([]);
  });

  test('a local file becomes an object, and is never put over another', async () => {
    const store = await open();
    const folder = await tempFolder();
    // Larger than one part of a multipart upload.
    const bytes = Buffer.alloc(20 * 1024 * 1024 + 17, 'strata');
    await writeFile(join(folder, 'big'), bytes);
    await store.putFile('t/big.parquet', join(folder, 'big'));
    await store.getFile('t/big.parquet', join(folder, 'back'));
    expect((await readFile(join(folder, 'back'))).equals(bytes)).toBe(true);
    await writeFile(join(folder, 'other'), 'other');
    await expect(store.putFile('t/big.parquet', join(folder, 'other'))).rejects.toMatchObject({ code: 'conflict' });
    await writeFile(join(folder, 'other-big'), Buffer.alloc(20 * 1024 * 1024, 'x'));
    await expect(store.putFile('t/big.parquet', join(folder, 'other-big'))).rejects.toMatchObject({ code: 'conflict' });
    expect(Buffer.from((await store.get('t/big.parquet', { start: 0, end: 6 })) ?? []).toString()).toBe('strata');
    await writeFile(join(folder, 'none'), '');
    await store.putFile('t/empty', join(folder, 'none'));
    expect((await store.get('t/empty'))?.length).toBe(0);
  });

  test('a file that is missing on either side is an error that names it', async () => {
    const store = await open();
    const folder = await tempFolder();
    await expect(store.getFile('t/none', join(folder, 'x'))).rejects.toMatchObject({
      code: 'storage',
      kind: 'terminal',
    });
    await expect(store.putFile('t/none', join(folder, 'y'))).rejects.toMatchObject({ code: 'storage' });
    expect(await paths(store, '')).toEqual([]);
  });

  test('paths that could leave the store are refused', async () => {
    const store = await open();
    for (const path of ['../x', 'a/../../x', '/etc/passwd', 'a//b', '', 'a/', 'a\\b', './a']) {
      expect(() => store.uri(path)).toThrow(/Not a path/);
      await expect(store.put(path, 'x')).rejects.toMatchObject({ code: 'internal' });
      await expect(store.delete([path])).rejects.toMatchObject({ code: 'internal' });
    }
  });
}
