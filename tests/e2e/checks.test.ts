import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import project from '../../config/project.ts';
import { datasetsOf } from '../../core/graph.ts';
import { accountFor, MERGED } from './accounting.ts';
import { changesSince } from './changes.ts';
import { changedByOracle } from './expected-changes.ts';
import { LakeReader } from './lake-reader.ts';
import { expectSameRows, type TextRow } from './text-rows.ts';

// The checks of this folder, each shown something wrong: a check that never fails checks nothing.

const payment = '8f14e45f-ceea-467f-9a0c-0123456789ab';
const customer = '1f14e45f-ceea-467f-9a0c-0123456789ab';
const uuid = (text: string) => JSON.stringify(text);

function observation(id: string, rating: string, day: string, position = '1'): TextRow {
  return {
    ...{ id, transaction_id: uuid(payment), customer_id: uuid(customer), rating: `{"$numberInt":"${rating}"}` },
    ...{ timestamp: JSON.stringify(`${day}T10:00:00Z`), updated_at: `${day}T10:00:00.000000Z` },
    ...{ _partition: day, _position: position },
  };
}

const rowOf = (id: string, day: string): TextRow => ({
  ...{ payment_id: payment, customer_id: customer, precedence: `${day}T10:00:00.000000 ${id}` },
  ...{ _position: '1', _tie: id, _bronze_partition: day },
});
const badRow = (id: string, day: string, claim = 'counts'): TextRow => ({
  ...{ input_partition: day, position: '1', tie: id, claim },
});

interface Lake {
  bronze: TextRow[];
  silver: TextRow[];
  quarantine: TextRow[];
}

const RIGHT: Lake = {
  bronze: [
    observation('a', '4', '2026-11-01'),
    observation('b', '5', '2026-11-02'),
    observation('c', '9', '2026-11-02'),
  ],
  silver: [rowOf('b', '2026-11-02')],
  quarantine: [badRow('c', '2026-11-02'), badRow('a', '2026-11-01', 'of a claim that lost')],
};

function account({ bronze, silver, quarantine }: Lake) {
  const tables: Record<string, TextRow[]> = {
    'bronze.customer_review': bronze,
    'silver.review': silver,
    'quarantine.silver__review': quarantine,
  };
  const lake = {
    rows: async (table: string) => tables[table] ?? [],
    marks: async () => new Map(['2026-11-01', '2026-11-02'].map((day) => [day, 'counts'])),
  };
  return accountFor(lake as unknown as LakeReader, 'silver.review');
}

test('every table that merges has an account', () => {
  const merges = datasetsOf(project).filter((d) => d.kind === 'derived' && d.write.kind === 'merge');
  expect(Object.keys(MERGED).sort()).toEqual(merges.map(({ name }) => name).sort());
});

test('the account of observations adds up where each is one thing', async () => {
  expect(await account(RIGHT)).toEqual({ observations: 3, current: 1, superseded: 1, quarantined: 1, deleted: 0 });
});

test('a deletion is one while nothing comes after it', async () => {
  const seen = (_op: string, _position: string): TextRow => ({
    ...{ country: 'FR', holiday_date: '2026-11-11', name: 'Armistice', _partition: 'all', _op, _position },
  });
  const row = { country: 'FR', holiday_date: '2026-11-11', _bronze_partition: 'all', _position: '3', _tie: null };
  const accountOf = (bronze: readonly TextRow[], silver: readonly TextRow[]) => {
    const rows = async (table: string) =>
      table === 'bronze.public_holiday' ? bronze : table === 'silver.public_holiday' ? silver : [];
    return accountFor({ rows, marks: async () => new Map() } as unknown as LakeReader, 'silver.public_holiday');
  };
  const gone = [seen('u', '1'), seen('d', '2')];
  const none = { quarantined: 0 };
  expect(await accountOf(gone, [])).toEqual({ ...none, observations: 2, current: 0, superseded: 1, deleted: 1 });
  expect(await accountOf([...gone, seen('u', '3')], [row])).toEqual({
    ...{ ...none, observations: 3, current: 1, superseded: 2, deleted: 0 },
  });
  await expect(accountOf(gone, [{ ...row, _position: '1' }])).rejects.toThrow('lost');
});

test.each<[string, Lake, RegExp]>([
  ['a row of silver is gone', { ...RIGHT, silver: [] }, /is lost/],
  ['the loser stands in silver', { ...RIGHT, silver: [rowOf('a', '2026-11-01')] }, /is lost/],
  ['an observation is in bronze twice', { ...RIGHT, bronze: [...RIGHT.bronze, RIGHT.bronze[0]!] }, /in bronze twice/],
  ['silver has a row of nothing', { ...RIGHT, bronze: RIGHT.bronze.slice(0, 1) }, /came from nothing/],
  ['a bad one is nowhere', { ...RIGHT, quarantine: [] }, /is lost/],
  ['a bad one is in quarantine twice', { ...RIGHT, quarantine: Array(2).fill(badRow('c', '2026-11-02')) }, /once/],
  [
    'a good one is in quarantine',
    { ...RIGHT, quarantine: [...RIGHT.quarantine, badRow('a', '2026-11-01')] },
    /superseded and quarantined/,
  ],
  [
    'a bad one is counted by a claim that lost',
    { ...RIGHT, quarantine: [badRow('c', '2026-11-02', 'of a claim that lost')] },
    /is lost/,
  ],
  [
    'a current one is in quarantine too',
    { ...RIGHT, quarantine: [...RIGHT.quarantine, badRow('b', '2026-11-02')] },
    /current and quarantined/,
  ],
])('it does not where %s', async (_, lake, message) => {
  await expect(account(lake)).rejects.toThrow(message);
});

test.each<[string, TextRow[]]>([
  ['a cent is missing', [{ id: '1', amount: '9.99' }]],
  ['a row is missing', []],
  ['a row is there twice', Array(2).fill({ id: '1', amount: '10.00' })],
  ['a column is missing', [{ id: '1' }]],
  ['a null is a text', [{ id: '1', amount: '10.00', note: 'null' }]],
])('rows are not the same where %s', (_, rows) => {
  expect(() => expectSameRows('rows', rows, [{ id: '1', amount: '10.00' }])).toThrow('rows');
});

test('a log tells partitions with other content, and those whose files came for nothing', async () => {
  const root = mkdtempSync(join(tmpdir(), 'strata-checks-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const commit = (version: number, digests: Record<string, string>, added: readonly string[]) => {
    const folder = join(root, 'silver', 'review', '_delta_log');
    mkdirSync(folder, { recursive: true });
    const partitions = Object.fromEntries(Object.entries(digests).map(([name, digest]) => [name, { digest, rows: 1 }]));
    const claim = { dataset: 'silver.review', scopes: {}, inputs: {}, contentHash: '', run: '' };
    const lines = [
      { commitInfo: { strata: { partitions, claim } } },
      ...added.map((partition) => ({
        add: { path: `_partition=${partition}/${version}.parquet`, partitionValues: { _partition: partition } },
      })),
    ];
    writeFileSync(
      join(folder, `${String(version).padStart(20, '0')}.json`),
      lines.map((l) => JSON.stringify(l)).join('\n'),
    );
  };
  const lake = new LakeReader(root);
  commit(0, { '1': 'a', '2': 'b', '3': 'c' }, ['1', '2', '3']);
  commit(1, { '1': 'a' }, []);
  expect(await changesSince(lake, { 'silver.review': 0 })).toEqual({});
  commit(2, { '2': 'B', '3': 'c', '4': 'd' }, ['2', '3', '4']);
  expect(await changesSince(lake, { 'silver.review': 0 })).toEqual({
    'silver.review': { content: ['2', '4'], files: ['2', '3', '4'] },
  });
  commit(3, { '2': 'b' }, ['2']);
  expect((await changesSince(lake, { 'silver.review': 0 }))['silver.review']?.content).toEqual(['4']);
  commit(5, {}, []);
  await expect(lake.commits('silver.review')).rejects.toThrow('version 4 is missing');
});

test('the oracle names a partition where a cent moved, and not one where rows only changed places', () => {
  const row = (day: string, amount: string) => ({ event_date: day, amount });
  const before = {
    'silver.payment': [row('2026-11-01', '1.00'), row('2026-11-01', '2.00'), row('2026-11-02', '3.00')],
  };
  const after = { 'silver.payment': [row('2026-11-02', '3.01'), row('2026-11-01', '2.00'), row('2026-11-01', '1.00')] };
  expect(changedByOracle(before, after)).toEqual({
    'silver.payment': { content: ['2026-11-02'], files: ['2026-11-02'] },
  });
});
