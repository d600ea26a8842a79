import { expect, test } from 'vitest';
import type { Cut } from '../../core/cuts.ts';
import { cutNamed, cutNumbers, newestCut, writeCut } from '../../lake/cuts.ts';
import { cutFile } from '../../lake/layout.ts';
import { MemoryStore } from '../../lake/memory-store.ts';

const cut = (number: number, version: number): Cut => ({
  format: 1,
  pipeline: 'nightly',
  number,
  versions: { 'silver.a': version },
});

test('cuts are kept under their number, and a number is taken once', async () => {
  const store = new MemoryStore();
  expect(await newestCut(store, 'dev', 'nightly')).toBeUndefined();
  for (let n = 1; n <= 11; n++) expect(await writeCut(store, 'dev', cut(n, n))).toBe(true);
  expect(await cutNumbers(store, 'dev', 'nightly')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  expect(await newestCut(store, 'dev', 'nightly')).toMatchObject(cut(11, 11));
  expect(await cutNamed(store, 'dev', 'nightly', 3)).toMatchObject(cut(3, 3));
  expect(await cutNamed(store, 'dev', 'nightly', 12)).toBeUndefined();
  expect(await writeCut(store, 'dev', cut(11, 11))).toBe(true);
  expect(await writeCut(store, 'dev', cut(11, 12))).toBe(false);
  expect(await newestCut(store, 'prod', 'nightly')).toBeUndefined();
  expect(await newestCut(store, 'dev', 'night')).toBeUndefined();
});

test.each(['{', '{}', '{"format":2,"pipeline":"nightly","number":1,"versions":{}}', ''])(
  'a damaged cut is corrupt: %s',
  async (text) => {
    const store = new MemoryStore();
    await store.put(cutFile('dev', 'nightly', 1), text);
    await expect(newestCut(store, 'dev', 'nightly')).rejects.toMatchObject({ code: 'corrupt' });
  },
);
