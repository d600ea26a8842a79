import { expect, it } from 'vitest';
import { key, text, whole } from '../../core/builders.ts';
import type { Dataset } from '../../core/dataset.ts';
import { source } from '../../core/define-dataset.ts';
import { instant } from '../../core/instant.ts';
import { resolveRange } from '../../core/interval.ts';
import type { LedgerState } from '../../core/ledger.ts';
import { postgres, snapshot } from '../../core/source.ts';
import { statusOf } from '../../core/status.ts';
import { bronze, change, derived, ledgerOf, merged } from './fixtures.ts';

const raw = bronze('payment');
const rate = merged('silver.rate', bronze('rate'), { partitionBy: whole() });
const payment = merged('silver.payment', raw, {
  inputs: { rate: rate.asOf({ on: { id: 'currency' }, at: 'day', validFrom: 'updated_at' }) },
});
const fact = derived('gold.fact', { payment });
const range = resolveRange('2026-11-01', '2026-11-05', 'day');

const status = async (dataset: Dataset, ledgers: Record<string, LedgerState>, held: string[] = []) => {
  const options = { range, now: instant('2026-11-05T02:00:00Z'), scan: async () => new Set(held) };
  const found = await statusOf(dataset, new Map(Object.entries(ledgers)), 'h1', options);
  return Object.fromEntries(found.map((p) => [p.partition.slice(-2), p.status]));
};

const days = (...names: number[]) => Object.fromEntries(names.map((n) => [`2026-11-0${n}`, 'x']));

it('a source: covered, missing where nobody looked', async () => {
  const coverage = {
    covered: resolveRange('2026-11-01', '2026-11-02', 'day'),
    settledTo: instant('2026-11-02'),
    position: '1',
    observedAt: instant('2026-11-03'),
  };
  const ledger = ledgerOf(raw.name, [{ kind: 'ingest', coverage, partitions: days(1) }]);
  expect(await status(raw, { [raw.name]: ledger })).toEqual({
    '01': 'fresh',
    '02': 'fresh',
    '03': 'missing',
    '04': 'missing',
    '05': 'missing',
  });
});

it('a source that is read whole: a past day that nobody looked at is gone, today is not', async () => {
  const rates = source({
    name: 'bronze.rate',
    description: 'rates',
    source: postgres('oltp'),
    relation: 'rate',
    extraction: snapshot(),
    columns: { id: key(text()) },
  });
  const coverage = {
    covered: resolveRange('2026-11-02', '2026-11-02', 'day'),
    settledTo: instant('2026-11-03'),
    position: '1',
    observedAt: instant('2026-11-03'),
  };
  const ledger = ledgerOf(rates.name, [{ kind: 'ingest', coverage, partitions: days(2) }]);
  expect(await status(rates, { [rates.name]: ledger })).toEqual({
    '01': 'unobservable',
    '02': 'fresh',
    '03': 'unobservable',
    '04': 'unobservable',
    '05': 'missing',
  });
});

it('a merged table: pending days, changed keys, other code', async () => {
  const source = ledgerOf(raw.name, [{ partitions: days(1, 2, 3) }, { partitions: { '2026-11-02': 'y' } }]);
  const rates = ledgerOf(rate.name, [
    { partitions: { all: '0' } },
    { partitions: { all: '1' }, keyChanges: change('2026-11-01', null) },
  ]);
  const own = (contentHash: string) =>
    ledgerOf(payment.name, [
      {
        kind: 'merge',
        claim: { scopes: { [payment.name]: 1 }, inputs: { [raw.name]: 0, [rate.name]: 0 }, contentHash },
        partitions: days(1, 2, 4),
        merged: ['2026-11-01', '2026-11-02'],
      },
    ]);
  const ledgers = { [raw.name]: source, [rate.name]: rates };
  expect(await status(payment, { ...ledgers, [payment.name]: own('h1') }, ['2026-11-04'])).toEqual({
    '01': 'fresh',
    '02': 'data-stale',
    '03': 'missing',
    '04': 'data-stale',
  });
  expect(await status(payment, { ...ledgers, [payment.name]: own('h0') })).toEqual({
    '01': 'code-stale',
    '02': 'data-stale',
    '03': 'missing',
    '04': 'code-stale',
  });
});

it('a replaced table: missing, stale, fresh', async () => {
  const payments = ledgerOf(payment.name, [{ partitions: days(1, 2, 3) }, { partitions: { '2026-11-02': 'y' } }]);
  const own = ledgerOf(fact.name, [{ claim: { inputs: { [payment.name]: 0 } }, partitions: days(1, 2) }]);
  expect(await status(fact, { [payment.name]: payments, [fact.name]: own })).toEqual({
    '01': 'fresh',
    '02': 'data-stale',
    '03': 'missing',
  });
});
