import { describe, expect, it } from 'vitest';
import type { HoldsKeys } from '../../core/as-of.ts';

import { nextBatch } from '../../core/batch.ts';
import { whole } from '../../core/builders.ts';
import { ownedBy } from '../../core/graph.ts';
import { instantFromMillis } from '../../core/instant.ts';
import { partitionAt } from '../../core/interval.ts';
import type { LedgerState } from '../../core/ledger.ts';
import { type KeyScan, plan, type Task } from '../../core/plan.ts';
import { bronze, change, derived, ledgerOf, merged, projectOf } from './fixtures.ts';

const raw = bronze('payment');
const refunds = bronze('refund');
const rate = merged('silver.rate', bronze('rate'), { partitionBy: whole() });
const payment = merged('silver.payment', raw, {
  inputs: { rate: rate.asOf({ on: { id: 'currency' }, at: 'day', validFrom: 'updated_at' }) },
});
const refund = merged('silver.refund', refunds);
const fact = derived('gold.fact', { payment, refund });
const rolling = derived('gold.rolling', { fact: fact.window('2 days') });
const part = ownedBy(projectOf({ nightly: [rolling] }), 'nightly');
const HASHES = Object.fromEntries(part.derived.map((d) => [d.name, 'h1']));

const day = (n: number) => partitionAt(instantFromMillis(Date.UTC(2026, 0, n)), 'day');
const days = (count: number) => Array.from({ length: count }, (_, i) => day(i + 1));
const filled = (name: string, names: readonly string[]) =>
  ledgerOf(name, [{ partitions: Object.fromEntries(names.map((n) => [n, 'a'])) }]);

const none = async () => new Set<string>();
const planOf = (ledgers: Map<string, LedgerState>, options = {}, scan: Parameters<typeof plan>[3] = none) =>
  plan(part, nextBatch(part, ledgers, HASHES, options), ledgers, scan);
const short = (tasks: readonly Task[]) =>
  tasks.map((t) => `${t.kind} ${t.dataset} ${[...t.partitions, ...t.inputPartitions].join(' ')}`);

describe('plan', () => {
  it('takes the newest days of all merges together and lets what is downstream wait', async () => {
    const ledgers = new Map([
      ['bronze.payment', filled('bronze.payment', days(4))],
      ['bronze.refund', filled('bronze.refund', days(5).slice(2))],
    ]);
    const batch = nextBatch(part, ledgers, HASHES, { days: 2 });
    expect(batch).toMatchObject({
      pending: { 'silver.payment': [day(4)], 'silver.refund': [day(5), day(4)], 'silver.rate': [] },
      frozen: { 'bronze.payment': 0, 'bronze.refund': 0, 'bronze.rate': -1 },
      left: 3,
    });
    const { ready, blocked } = await plan(part, batch, ledgers, none);
    expect(short(ready)).toEqual([`merge silver.payment ${day(4)}`, `merge silver.refund ${day(5)} ${day(4)}`]);
    expect(ready[0]?.inputs).toEqual({ 'bronze.payment': 0, 'silver.rate': -1 });
    expect(blocked).toEqual([
      { dataset: 'gold.fact', waitsFor: ['silver.payment', 'silver.refund'] },
      { dataset: 'gold.rolling', waitsFor: ['gold.fact'] },
    ]);
    await expect(plan(part, { ...batch, frozen: { 'bronze.payment': 3 } }, ledgers, none)).rejects.toThrow(/version 3/);
  });

  it('groups a replace', async () => {
    const ledgers = new Map([['silver.payment', filled('silver.payment', days(40))]]);
    const { ready } = await planOf(ledgers);
    expect(ready.map((t) => [t.dataset, t.partitions.length])).toEqual([
      ['gold.fact', 31],
      ['gold.fact', 9],
    ]);
  });

  it('where a window is read, neighbours go together as long as their rows are few', async () => {
    const factOf = (rows: Readonly<Record<string, number>>) => {
      const names = Object.keys(rows);
      const claim = { inputs: { 'silver.payment': 0, 'silver.refund': -1 } };
      const partitions = Object.fromEntries(names.map((name) => [name, 'x']));
      const built = ledgerOf('gold.fact', [{ claim, partitions }]);
      const counted = [...built.partitions].map(([name, state]) => [name, { ...state, rows: rows[name]! }] as const);
      return new Map([
        ['silver.payment', filled('silver.payment', names)],
        ['gold.fact', { ...built, partitions: new Map(counted) }],
      ]);
    };
    // Day 2 is stale too where day 1 is there, so a gap begins after its window.
    const groups = async (rows: Readonly<Record<string, number>>) =>
      (await planOf(factOf(rows))).ready.map((t) => t.partitions);
    expect(await groups({ [day(1)]: 10, [day(2)]: 10 })).toEqual([[day(1), day(2)]]);
    expect(await groups({ [day(1)]: 700_000, [day(2)]: 300_000, [day(3)]: 300_000 })).toEqual([
      [day(1), day(2)],
      [day(3)],
    ]);
    expect(await groups({ [day(1)]: 9_000_000, [day(2)]: 9_000_000 })).toEqual([[day(1)], [day(2)]]);
    expect(await groups({ [day(1)]: 10, [day(9)]: 10 })).toEqual([[day(1), day(2), day(3)], [day(9)]]);
  });

  it('asks for scans, rebuilds what holds changed keys, and reports what was scanned in vain', async () => {
    const rates = ledgerOf('silver.rate', [
      { partitions: { all: '0' }, keyChanges: change('2026-01-01', null) },
      { partitions: { all: '1' }, keyChanges: change('2026-01-02', null) },
    ]);
    const own = ledgerOf('silver.payment', [
      {
        kind: 'merge',
        claim: { inputs: { 'bronze.payment': 0, 'silver.rate': 0 } },
        partitions: Object.fromEntries(days(4).map((d) => [d, 'x'])),
      },
    ]);
    const ledgers = new Map([
      ['bronze.payment', filled('bronze.payment', [])],
      ['silver.rate', rates],
      ['silver.payment', own],
    ]);
    const questions: HoldsKeys[] = [];
    const { ready, checked } = await planOf(ledgers, {}, async (question) => {
      questions.push(question as HoldsKeys);
      return new Set([day(3)]);
    });
    expect(questions).toHaveLength(1);
    expect(questions[0]).toMatchObject({ dataset: 'silver.payment', version: 0, input: 'silver.rate' });
    expect(questions[0]?.partitions.map((p) => p.name)).toEqual([day(2), day(3), day(4)]);
    expect(questions[0]?.changes.map((c) => c.version)).toEqual([1]);
    expect(short(ready)).toEqual([`rebuild silver.payment ${day(3)}`]);
    expect(checked).toEqual([
      {
        dataset: 'silver.payment',
        checked: [{ input: 'silver.rate', version: 1, scanned: 0, partitions: [day(2), day(4)] }],
      },
    ]);
  });

  it('a dataset read under two names is free of changed keys only when both are', async () => {
    const country = merged('silver.country', bronze('country'), { partitionBy: whole() });
    const asOf = (column: string) => country.asOf({ on: { id: column }, at: 'day', validFrom: 'updated_at' });
    const twice = merged('silver.twice', raw, { inputs: { billing: asOf('currency'), card: asOf('id') } });
    const own = ledgerOf('silver.twice', [
      {
        kind: 'merge',
        claim: { inputs: { 'bronze.payment': 0, 'silver.country': -1 } },
        partitions: { [day(1)]: 'x' },
      },
    ]);
    const countries = ledgerOf('silver.country', [
      { partitions: { all: '0' }, keyChanges: change('2026-01-01', null) },
    ]);
    const both = ownedBy(projectOf({ nightly: [twice] }), 'nightly');
    const ledgers = new Map([
      ['bronze.payment', filled('bronze.payment', [])],
      ['silver.twice', own],
      ['silver.country', countries],
    ]);
    const hashes = { 'silver.twice': 'h1', 'silver.country': 'h1' };
    const scan: KeyScan = async (q) => new Set((q as HoldsKeys).mapping.on.id === 'id' ? [day(1)] : []);
    const found = await plan(both, nextBatch(both, ledgers, hashes), ledgers, scan);
    expect(short(found.ready)).toEqual([`rebuild silver.twice ${day(1)}`]);
    expect(found.checked).toEqual([]);
  });

  it('merges anew when other code is to be reprocessed', async () => {
    const own = ledgerOf('silver.refund', [
      {
        kind: 'merge',
        claim: { scopes: { 'silver.refund': 1 }, inputs: { 'bronze.refund': 0 }, contentHash: 'h0' },
        partitions: { [day(1)]: 'x' },
        merged: [day(1)],
      },
    ]);
    const ledgers = new Map([
      ['bronze.refund', filled('bronze.refund', days(2))],
      ['silver.refund', own],
    ]);
    expect(short((await planOf(ledgers)).ready)).toEqual([`merge silver.refund ${day(2)}`]);
    const asked = await planOf(ledgers, { reprocess: 'stale' });
    expect(short(asked.ready)).toEqual([`remerge silver.refund ${day(1)} ${day(2)}`]);
  });
});

it('a batch frozen before others merged newer bronze plans nothing', async () => {
  const own = ledgerOf('silver.refund', [
    {
      kind: 'merge',
      claim: { scopes: { 'silver.refund': 1 }, inputs: { 'bronze.refund': 5 } },
      merged: [day(1)],
    },
  ]);
  const ledgers = new Map([
    ['bronze.refund', filled('bronze.refund', days(2))],
    ['silver.refund', own],
  ]);
  expect(await planOf(ledgers)).toEqual({ ready: [], blocked: [], checked: [], outdated: true });
});
