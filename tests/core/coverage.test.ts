import { describe, expect, it } from 'vitest';
import { applicationClock, cursor, key, text, timestamp, whole } from '../../core/builders.ts';
import type { ColumnShape } from '../../core/column.ts';
import {
  closedSince,
  coverageOf,
  isSettled,
  nextLook,
  openPartitions,
  reachesPresent,
  refuseOlderSnapshot,
  refuseRewoundSource,
} from '../../core/coverage.ts';
import { source } from '../../core/define-dataset.ts';
import { instant } from '../../core/instant.ts';
import type { LedgerState } from '../../core/ledger.ts';
import { postgres, snapshot } from '../../core/source.ts';
import { positionDecides } from '../../core/winner.ts';
import { bronze, derived, ledgerOf, merged } from './fixtures.ts';

const range = (start: string, end: string) => ({ start: instant(start), end: instant(end) });
const look = (start: string, end: string, settledTo: string, position = '1', partitions = {}) => ({
  kind: 'ingest' as const,
  coverage: { covered: range(start, end), settledTo: instant(settledTo), position, observedAt: instant(end) },
  partitions,
});
const ledger = (...looks: ReturnType<typeof look>[]): LedgerState => ledgerOf('bronze.payment', looks);
const at = (text: string) => instant(text);

describe('the next look', () => {
  it('begins with the range, or where the last one could not settle', () => {
    expect(nextLook(ledger(), range('2026-11-01', '2026-11-02'), at('2026-11-05'))).toEqual({
      lower: at('2026-11-01'),
      upper: at('2026-11-02'),
    });
    const known = ledger(look('2026-11-01', '2026-11-03T02:00:00Z', '2026-11-03T01:00:00Z'));
    expect(nextLook(known, range('2026-11-03', '2026-11-04'), at('2026-11-04T01:00:00Z')).lower).toBe(at('2026-11-03'));
    expect(nextLook(known, range('2026-11-05', '2026-11-06'), at('2026-11-06T01:00:00Z')).lower).toBe(
      at('2026-11-03T01:00:00Z'),
    );
  });

  it('has no upper end while the range is not over for the source', () => {
    expect(nextLook(ledger(), range('2026-11-01', '2026-11-02'), at('2026-11-01T23:00:00Z')).upper).toBeUndefined();
  });

  it('is not needed where everything is settled', () => {
    const known = ledger(look('2026-11-01', '2026-11-03T02:00:00Z', '2026-11-03T01:00:00Z'));
    expect(isSettled(known, range('2026-11-01', '2026-11-03'))).toBe(true);
    expect(isSettled(known, range('2026-11-03', '2026-11-04'))).toBe(false);
  });
});

describe('coverage', () => {
  const rates = source({
    name: 'bronze.rate',
    description: 'rates',
    source: postgres('oltp'),
    relation: 'rate',
    extraction: snapshot(),
    columns: { id: key(text()) },
  });

  it('a day that no snapshot saw cannot be seen any more', () => {
    const known = ledger(look('2026-11-01', '2026-11-02', '2026-11-02'));
    const judge = (start: string, end: string) =>
      coverageOf(rates, known, range(start, end), at('2026-11-04T02:00:00Z'));
    expect(judge('2026-11-01', '2026-11-02')).toBe('covered');
    expect(judge('2026-11-02', '2026-11-03')).toBe('unobservable');
    expect(judge('2026-11-04', '2026-11-05')).toBe('open');
    expect(coverageOf(bronze('payment'), known, range('2026-11-02', '2026-11-03'), at('2026-11-04'))).toBe('open');
  });

  it('a snapshot never goes in behind a newer one, also when that one stored nothing', () => {
    const known = ledger(
      look('2026-11-01', '2026-11-02', '2026-11-02', '99'),
      look('2026-11-02', '2026-11-03', '2026-11-03', '100'),
    );
    expect(known.lookedAt).toBe('100');
    expect(() => refuseOlderSnapshot('bronze.rate', known, '99')).toThrow(/older/);
    expect(() => refuseOlderSnapshot('bronze.rate', known, '100')).not.toThrow();
  });

  it('a source that went back is refused where positions decide, and only there', () => {
    const known = ledger(look('2026-11-01', '2026-11-02', '2026-11-02', '100'));
    expect(() => refuseRewoundSource(rates, known, '99')).toThrow(/bronze\.rate: .* position 99, .* before at 100/);
    expect(() => refuseRewoundSource(rates, known, '100')).not.toThrow();
    expect(() => refuseRewoundSource(rates, ledger(), '1')).not.toThrow();
    // Whose rows go by their own time.
    expect(() => refuseRewoundSource(bronze('payment'), known, '99')).not.toThrow();
  });

  it('partitions are open until their sources are covered to the end', () => {
    const raw = bronze('payment');
    const payment = merged('silver.payment', raw);
    const fact = derived('gold.fact', { payment });
    const total = derived('gold.total', { payment }, { partitionBy: whole() });
    const days = { '2026-11-01': 'a', '2026-11-02': 'a' };
    const ledgers = new Map([
      ['bronze.payment', ledger(look('2026-11-01', '2026-11-02T03:00:00Z', '2026-11-02', '1', days))],
      ['silver.payment', ledgerOf('silver.payment', [{ partitions: days }])],
      ['gold.fact', ledgerOf('gold.fact', [{ partitions: days }])],
      ['gold.total', ledgerOf('gold.total', [{ partitions: { all: 'x' } }])],
    ]);
    const starts = new Map();
    for (const dataset of [raw, payment, fact])
      expect(openPartitions(dataset, ledgers, starts)).toEqual(['2026-11-02']);
    expect(openPartitions(total, ledgers, starts)).toEqual([]);
    expect(closedSince([payment, fact], ledgers, ledgers, starts)).toBe(false);
    // The later look finds nothing new and covers the day to its end.
    const looks = [
      look('2026-11-01', '2026-11-02T03:00:00Z', '2026-11-02', '1', days),
      look('2026-11-02', '2026-11-03', '2026-11-02'),
    ];
    const later = new Map([...ledgers, ['bronze.payment', ledger(...looks)]]);
    expect(closedSince([payment, fact], ledgers, later, starts)).toBe(true);
    expect(closedSince([total], ledgers, later, starts)).toBe(false);
  });
});

describe('a week in which the pipeline starts', () => {
  const raw = bronze('payment');
  const fact = derived('gold.weekly', { raw }, { partitionBy: { kind: 'time', column: 'day', grain: 'week' } });
  const week = ['2026-10-26w'];
  const ledgers = (until: string) =>
    new Map([
      ['bronze.payment', ledger(look('2026-11-01', until, until))],
      ['gold.weekly', ledgerOf('gold.weekly', [{ partitions: { '2026-10-26w': 'x' } }])],
    ]);
  const open = (until: string, start?: string) =>
    openPartitions(fact, ledgers(until), new Map(start ? [['bronze.payment', at(start)]] : []));

  it('is over when all of it was looked at that ever will be', () => {
    expect(open('2026-11-02', '2026-11-01')).toEqual([]);
    expect(open('2026-11-02', '2026-10-01')).toEqual(week);
    expect(open('2026-11-02')).toEqual(week);
    expect(open('2026-11-01T12:00:00Z', '2026-11-01')).toEqual(week);
  });

  it('is nothing to wait for when it is older than the pipeline', () => {
    expect(open('2026-11-02', '2026-11-02')).toEqual([]);
  });
});

describe('reachesPresent', () => {
  const night = range('2026-11-05', '2026-11-06');

  it('holds for the night that ended last, and not for the days of a backfill before it', () => {
    expect(reachesPresent(night, instant('2026-11-06T01:00:00Z'))).toBe(true);
    expect(reachesPresent(night, instant('2026-11-05T12:00:00Z'))).toBe(true);
    expect(reachesPresent(night, instant('2026-11-07T00:00:00Z'))).toBe(false);
  });

  it('holds where nobody can tell: a table without rows, a standby', () => {
    expect(reachesPresent(night, null)).toBe(true);
  });
});

describe('key snapshots', () => {
  const columns = { id: key(text()), updated_at: timestamp() };
  const make = (columns: ColumnShape) => () =>
    source({
      name: 'bronze.subscription',
      description: 'some are deleted',
      source: postgres('shop'),
      relation: 'subscription',
      extraction: cursor('updated_at', applicationClock({ lateness: '1 hour' }), { deletes: 'key-snapshot' }),
      columns,
    });

  it('need a key that does not move, and let positions decide', () => {
    expect(make({ ...columns, id: text() })).toThrow(/no column is marked key/);
    expect(make({ ...columns, updated_at: key(timestamp()) })).toThrow(/cursor is part of the key/);
    expect(positionDecides(make(columns)())).toBe(true);
  });
});
