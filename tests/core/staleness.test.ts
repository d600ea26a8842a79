import { describe, expect, it } from 'vitest';
import { whole } from '../../core/builders.ts';
import { type LedgerState, MIXED_CODE } from '../../core/ledger.ts';
import { mustRemerge, pendingInputs } from '../../core/pending.ts';
import { type StaleOptions, stalePartitions } from '../../core/staleness.ts';
import { bronze, byMonth, change, derived, ledgerOf, merged } from './fixtures.ts';

const raw = bronze('payment');
const payment = merged('silver.payment', raw);
const rate = merged('silver.rate', bronze('rate'), { partitionBy: whole() });
const PAYMENTS = ledgerOf('silver.payment', [
  { partitions: { '2026-11-01': 'a', '2026-11-02': 'a' } },
  { partitions: { '2026-11-02': 'b' } },
]);

const run = (
  dataset: Parameters<typeof stalePartitions>[0],
  ledgers: Record<string, LedgerState>,
  options?: StaleOptions,
) => stalePartitions(dataset, new Map(Object.entries(ledgers)), 'h1', options);
const short = (
  dataset: Parameters<typeof stalePartitions>[0],
  ledgers: Record<string, LedgerState>,
  options?: StaleOptions,
) => run(dataset, ledgers, options).stale.map((s) => `${s.partition} ${s.reason}`);

describe('stale partitions of a replaced dataset', () => {
  const fact = derived('gold.fact', { payment });

  it('missing, then fresh, then stale where the input moved', () => {
    expect(short(fact, { 'silver.payment': PAYMENTS })).toEqual(['2026-11-01 missing', '2026-11-02 missing']);
    const built = (version: number) =>
      ledgerOf('gold.fact', [
        { claim: { inputs: { 'silver.payment': version } }, partitions: { '2026-11-01': 'x', '2026-11-02': 'x' } },
      ]);
    expect(short(fact, { 'silver.payment': PAYMENTS, 'gold.fact': built(1) })).toEqual([]);
    const { stale } = run(fact, { 'silver.payment': PAYMENTS, 'gold.fact': built(0) });
    expect(stale).toEqual([
      {
        partition: '2026-11-02',
        reason: 'data',
        because: { input: 'silver.payment', partition: '2026-11-02', version: 1 },
      },
    ]);
  });

  it('an input rebuilt to the same content moves nothing', () => {
    const confirmed = ledgerOf('silver.payment', [
      { partitions: { '2026-11-01': 'a' } },
      { partitions: { '2026-11-01': 'a' } },
    ]);
    const own = ledgerOf('gold.fact', [
      { claim: { inputs: { 'silver.payment': 0 } }, partitions: { '2026-11-01': 'x' } },
    ]);
    expect(confirmed.partitions.get('2026-11-01')).toMatchObject({ contentVersion: 0, builtVersion: 1 });
    expect(short(fact, { 'silver.payment': confirmed, 'gold.fact': own })).toEqual([]);
  });

  it('other code is rebuilt only when asked, and only in the range', () => {
    const own = ledgerOf('gold.fact', [
      {
        claim: { inputs: { 'silver.payment': 1 }, contentHash: 'h0' },
        partitions: { '2026-11-01': 'x', '2026-11-02': 'x' },
      },
    ]);
    const ledgers = { 'silver.payment': PAYMENTS, 'gold.fact': own };
    const range = { start: '2026-11-02T00:00:00.000000Z', end: '2026-11-03T00:00:00.000000Z' };
    expect(short(fact, ledgers)).toEqual([]);
    expect(short(fact, ledgers, { reprocess: 'stale' })).toEqual(['2026-11-01 code', '2026-11-02 code']);
    expect(short(fact, ledgers, { reprocess: 'stale', range })).toEqual(['2026-11-02 code']);
    expect(short(fact, ledgers, { reprocess: 'completed', range, since: 0 })).toEqual(['2026-11-02 asked']);
    expect(short(fact, ledgers, { reprocess: 'completed', range, since: -1 })).toEqual([]);
    expect(short(fact, ledgers, { reprocess: 'failed' })).toEqual([]);
  });

  it('a month is stale when one of its days moved', () => {
    const monthly = derived('gold.monthly', { payment }, { partitionBy: byMonth });
    const own = ledgerOf('gold.monthly', [
      { claim: { inputs: { 'silver.payment': 0 } }, partitions: { '2026-10': 'x', '2026-11': 'x' } },
    ]);
    expect(short(monthly, { 'silver.payment': PAYMENTS, 'gold.monthly': own })).toEqual(['2026-11 data']);
  });

  it('a dataset that is not cut: missing once an input has anything, or at once when it has no inputs', () => {
    const summary = derived('gold.summary', { payment }, { partitionBy: whole() });
    const calendar = derived('gold.calendar', {}, { partitionBy: whole() });
    expect(short(summary, {})).toEqual([]);
    expect(short(summary, { 'silver.payment': PAYMENTS })).toEqual(['all missing']);
    expect(short(calendar, {})).toEqual(['all missing']);
  });

  it('a lookup makes nothing stale', () => {
    const frozen = derived('gold.frozen', { payment, rate: rate.lookup() });
    const own = ledgerOf('gold.frozen', [
      {
        claim: { inputs: { 'silver.payment': 1, 'silver.rate': 0 } },
        partitions: { '2026-11-01': 'x', '2026-11-02': 'x' },
      },
    ]);
    const rates = ledgerOf('silver.rate', [{ partitions: { all: 'a' } }, { partitions: { all: 'b' } }]);
    expect(short(frozen, { 'silver.payment': PAYMENTS, 'silver.rate': rates, 'gold.frozen': own })).toEqual([]);
  });
});

describe('asOf', () => {
  const priced = (at: string) =>
    merged('silver.priced', raw, { inputs: { rate: rate.asOf({ on: { id: 'currency' }, at, validFrom: 'day' }) } });
  const days = ['2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04'];
  const own = ledgerOf('silver.priced', [
    {
      kind: 'merge',
      claim: { inputs: { 'bronze.payment': 0, 'silver.rate': 0 } },
      partitions: Object.fromEntries(days.map((d) => [d, 'x'])),
    },
  ]);
  const rates = (...ranges: [string, string | null][]) =>
    ledgerOf('silver.rate', [
      { partitions: { all: '0' }, keyChanges: change('2026-10-01', null) },
      ...ranges.map(([from, to], i) => ({ partitions: { all: `${i + 1}` }, keyChanges: change(from, to) })),
    ]);
  const candidates = (at: string, ...ranges: [string, string | null][]) =>
    run(priced(at), { 'silver.rate': rates(...ranges), 'silver.priced': own }).candidates.map((c) => c.partition);

  it('only partitions that a newer change overlaps are candidates', () => {
    expect(candidates('day')).toEqual([]);
    expect(candidates('day', ['2026-11-02', '2026-11-03'])).toEqual(['2026-11-02']);
    expect(candidates('day', ['2026-11-03', null], ['2026-11-01', '2026-11-02']).sort()).toEqual([
      '2026-11-01',
      '2026-11-03',
      '2026-11-04',
    ]);
    expect(candidates('day', ['2026-11-04T12:00:00Z', null])).toEqual(['2026-11-04']);
  });

  it('all of them when the table is cut by another column than the one that decides', () => {
    expect(candidates('updated_at', ['2026-11-02', '2026-11-03'])).toEqual(days);
  });

  it('a merge that touches some keys does not make the others fresh', () => {
    const touched = ledgerOf('silver.priced', [
      {
        kind: 'merge',
        claim: { inputs: { 'bronze.payment': 0, 'silver.rate': 0 }, contentHash: 'h0' },
        partitions: { '2026-11-02': 'x' },
      },
      {
        kind: 'merge',
        claim: { inputs: { 'bronze.payment': 4, 'silver.rate': 1 } },
        partitions: { '2026-11-02': 'y' },
      },
    ]);
    expect(touched.partitions.get('2026-11-02')).toMatchObject({
      inputs: { 'bronze.payment': 0, 'silver.rate': 0 },
      contentHash: MIXED_CODE,
      contentVersion: 1,
    });
    const rebuilt = ledgerOf('silver.priced', [
      {
        kind: 'merge',
        claim: { inputs: { 'bronze.payment': 0, 'silver.rate': 0 } },
        partitions: { '2026-11-02': 'x' },
      },
      {
        kind: 'merge',
        claim: { inputs: { 'bronze.payment': 4, 'silver.rate': 1 } },
        partitions: { '2026-11-02': 'y' },
        rebuilt: ['2026-11-02'],
      },
    ]);
    expect(rebuilt.partitions.get('2026-11-02')?.inputs).toEqual({ 'bronze.payment': 4, 'silver.rate': 1 });
  });

  it('a partition scanned in vain counts as built from the newer version, unless it was written meanwhile', () => {
    const checked = [{ input: 'silver.rate', version: 1, scanned: 0, partitions: days.slice(0, 2) }];
    const state = ledgerOf('silver.priced', [
      {
        kind: 'merge',
        claim: { inputs: { 'bronze.payment': 0, 'silver.rate': 0 } },
        partitions: { [days[0]!]: 'x', [days[1]!]: 'x' },
      },
      { kind: 'merge', claim: { inputs: { 'bronze.payment': 1, 'silver.rate': 0 } }, partitions: { [days[1]!]: 'y' } },
      { kind: 'maintenance', checked },
    ]);
    expect(state.partitions.get(days[0]!)).toMatchObject({
      inputs: { 'silver.rate': 1 },
      contentVersion: 0,
      builtVersion: 0,
    });
    expect(state.partitions.get(days[1]!)?.inputs['silver.rate']).toBe(0);
  });
});

describe('pending inputs of a merge', () => {
  const source = ledgerOf('bronze.payment', [
    { partitions: { '2026-11-01': 'a', '2026-11-02': 'a', '2026-11-03': 'a' } },
    { partitions: { '2026-11-01': 'b' } },
  ]);
  const own = ledgerOf('silver.payment', [
    {
      kind: 'merge',
      claim: { scopes: { 'silver.payment': 1 }, inputs: { 'bronze.payment': 0 } },
      partitions: { '2026-10-30': 'x' },
      merged: ['2026-11-01', '2026-11-02'],
    },
  ]);

  it('newer than their mark, newest first', () => {
    expect(pendingInputs(own, source)).toEqual(['2026-11-03', '2026-11-01']);
  });

  it('other code asks for the whole table, also where nothing of it shows in a partition', () => {
    expect(mustRemerge(payment, own, 'h1', { reprocess: 'stale' })).toBe(false);
    expect(mustRemerge(payment, own, 'h2', { reprocess: 'stale' })).toBe(true);
    expect(mustRemerge(payment, own, 'h2', { reprocess: 'none' })).toBe(false);
    const allBad = ledgerOf('silver.payment', [
      {
        kind: 'merge',
        claim: { scopes: { 'silver.payment': 1 }, inputs: { 'bronze.payment': 0 } },
        merged: ['2026-11-01'],
      },
    ]);
    expect(mustRemerge(payment, allBad, 'h2', { reprocess: 'stale' })).toBe(true);
  });
});
