import { describe, expect, test } from 'vitest';
import { nextEpochs } from '../../core/claims.ts';
import type { LedgerState } from '../../core/ledger.ts';
import { FileStore } from '../../lake/file-store.ts';
import { loadLedgers } from '../../lake/load-ledgers.ts';
import { MemoryStore } from '../../lake/memory-store.ts';
import { openTable } from '../../lake/table.ts';
import { tempFolder } from './fixtures.ts';
import { commitSomething, dice } from './random-ledger.ts';

const plain = (ledger: LedgerState | undefined) => ({
  ...ledger,
  partitions: [...(ledger?.partitions ?? [])].sort(),
  marks: [...(ledger?.marks ?? [])].sort(),
  scopes: 'not read for planning',
});

describe.each([
  ['file://', async () => new FileStore(await tempFolder())],
  ['memory', async () => new MemoryStore()],
])('ledgers of many tables on %s', (_, store) => {
  test('are those of each table: with checkpoint and tail, without either, and again after more commits', async () => {
    const lake = await store();
    const roll = dice(11);
    const names = ['silver.a', 'silver.b', 'silver.c', 'silver.none', 'silver.d'];
    const writer = (name: string) => openTable(lake, 'dev', name, { checkpointEvery: 5 });
    const [a, b, c, , d] = names.map(writer);
    for (let i = 0; i < 12; i++) await commitSomething(a!, roll, `a${i}`);
    for (let i = 0; i < 5; i++) await commitSomething(b!, roll, `b${i}`);
    for (let i = 0; i < 3; i++) await commitSomething(c!, roll, `c${i}`);
    const readers = names.map((name) => openTable(lake, 'dev', name));
    const check = async () => {
      const ledgers = await loadLedgers(readers);
      expect([...ledgers.keys()]).toEqual(names);
      for (const name of names) {
        const { ledger } = await openTable(lake, 'dev', name).load();
        expect(plain(ledgers.get(name))).toEqual(plain(ledger));
      }
    };
    await check();
    await check();
    for (const table of [a!, c!, d!]) for (let i = 20; i < 24; i++) await commitSomething(table, roll, `x${i}`);
    await check();
    await Promise.all(readers.map((table) => table.load()));
    await commitSomething(b!, roll, 'last');
    await check();
  });

  test('give no epochs that begin anew: the scopes of a fold are not read, and say so', async () => {
    const lake = await store();
    const roll = dice(7);
    const table = openTable(lake, 'dev', 'silver.a', { checkpointEvery: 5 });
    for (let i = 0; i < 7; i++) await commitSomething(table, roll, `a${i}`);
    const ledger = (await loadLedgers([openTable(lake, 'dev', 'silver.a')])).get('silver.a')!;
    expect(ledger.version).toBe(6);
    expect(() => nextEpochs(ledger, ['silver.a'])).toThrow('without its scopes');
    expect(
      nextEpochs((await openTable(lake, 'dev', 'silver.a').load()).ledger, ['silver.a'])['silver.a'],
    ).toBeGreaterThan(0);
  });

  test('of an older version are what a load at that version gives', async () => {
    const lake = await store();
    const roll = dice(5);
    const table = openTable(lake, 'dev', 'silver.a', { checkpointEvery: 5 });
    for (let i = 0; i < 12; i++) await commitSomething(table, roll, `a${i}`);
    const readers = [openTable(lake, 'dev', 'silver.a'), openTable(lake, 'dev', 'silver.none')];
    for (const version of [-1, 0, 4, 5, 11]) {
      const ledgers = await loadLedgers(readers, { 'silver.a': version });
      const { ledger } = await openTable(lake, 'dev', 'silver.a').loadAt(version);
      expect(plain(ledgers.get('silver.a'))).toEqual(plain(ledger));
      expect(ledgers.get('silver.none')?.version).toBe(-1);
    }
    await expect(loadLedgers(readers, { 'silver.a': 12 })).rejects.toMatchObject({ code: 'bad_input' });
  });
});
