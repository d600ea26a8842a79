import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PartitionBy } from '../../core/dataset.ts';
import { instantFromMillis } from '../../core/instant.ts';
import { GRAINS, type Grain, intervalOf, overlaps, partitionAt } from '../../core/interval.ts';
import type { LedgerState } from '../../core/ledger.ts';
import type { Mapping } from '../../core/mapping.ts';
import { feeds, inputView, madeFrom } from '../../core/partitions.ts';
import { ledgerOf } from './fixtures.ts';

const by = (grain: Grain): PartitionBy => ({ kind: 'time', column: 't', grain });
const whole: PartitionBy = { kind: 'all' };
const aligned: Mapping = { kind: 'aligned' };
const window: Mapping = { kind: 'window', before: '2 days' };

describe('feeds and madeFrom', () => {
  it('aligned: the same, or what contains it', () => {
    expect(feeds(aligned, by('day'), by('day'), '2026-11-03')).toEqual(['2026-11-03']);
    expect(feeds(aligned, by('day'), by('month'), '2026-11-03')).toEqual(['2026-11']);
    expect(feeds(aligned, by('hour'), by('day'), '2026-11-03T23')).toEqual(['2026-11-03']);
    expect(feeds(aligned, by('day'), by('week'), '2026-11-08')).toEqual(['2026-11-02w']);
  });

  it('a window feeds the days after, and not a day more', () => {
    expect(feeds(window, by('day'), by('day'), '2026-11-03')).toEqual(['2026-11-03', '2026-11-04', '2026-11-05']);
  });

  it('whole tables feed everything and are fed by everything', () => {
    expect(feeds(aligned, whole, by('day'), 'all')).toBe('every');
    expect(feeds({ kind: 'all' }, by('day'), by('day'), '2026-11-03')).toBe('every');
    expect(feeds(aligned, by('day'), whole, '2026-11-03')).toEqual(['all']);
    expect(madeFrom(aligned, by('day'), whole, 'all')).toBe('every');
    expect(feeds({ kind: 'lookup' }, by('day'), by('day'), '2026-11-03')).toEqual([]);
    expect(madeFrom({ kind: 'lookup' }, by('day'), by('day'), '2026-11-03')).toBe('none');
  });

  it('are each other’s inverse', () => {
    const grain = fc.constantFrom(...GRAINS);
    const moment = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }).map(instantFromMillis);
    const mapping = fc.constantFrom<Mapping>(aligned, window, { kind: 'window', before: '40 hours' });
    fc.assert(
      fc.property(mapping, grain, grain, moment, moment, (m, input, output, t, u) => {
        const from = partitionAt(t, input);
        const to = partitionAt(u, output);
        const reads = madeFrom(m, by(input), by(output), to);
        const fed = feeds(m, by(input), by(output), from);
        expect(fed.includes(to)).toBe(typeof reads === 'object' && overlaps(intervalOf(from, input), reads));
      }),
    );
  });
});

/** The rule again, by going through everything. */
function slow(
  mapping: Mapping,
  input: PartitionBy,
  output: PartitionBy,
  ledger: LedgerState,
  partition: string,
): number {
  let newest = -1;
  for (const [name, { contentVersion }] of ledger.partitions) {
    const fed = feeds(mapping, input, output, name);
    if (fed === 'every' || fed.includes(partition)) newest = Math.max(newest, contentVersion);
  }
  return newest;
}

describe('inputView', () => {
  it('answers as a scan of everything would', () => {
    const days = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 });
    const mappings = fc.constantFrom<Mapping>(aligned, window, { kind: 'all' }, { kind: 'window', before: '30 hours' });
    fc.assert(
      fc.property(
        days,
        mappings,
        fc.constantFrom<Grain>('day', 'week', 'month'),
        fc.boolean(),
        (numbers, m, grain, cut) => {
          const names = numbers.map((n) => partitionAt(instantFromMillis(Date.UTC(2026, 9, n)), 'day'));
          const ledger = ledgerOf(
            'x.y',
            names.map((name) => ({ partitions: { [name]: 'd' } })),
          );
          const output = cut ? by(grain) : whole;
          const view = inputView(m, by('day'), output, ledger);
          for (let n = -3; n < 70; n += 1) {
            const partition = cut ? partitionAt(instantFromMillis(Date.UTC(2026, 9, n)), grain) : 'all';
            expect(view.newest(partition)?.version ?? -1).toBe(slow(m, by('day'), output, ledger, partition));
          }
          if (cut && m.kind !== 'all') {
            const last = [...names].sort().at(-1)!;
            const fed = names.flatMap((name) => feeds(m, by('day'), output, name));
            const due = [...new Set(fed)].filter((p) => p <= partitionAt(intervalOf(last, 'day').start, grain)).sort();
            expect([...view.called].sort()).toEqual(due);
          }
        },
      ),
    );
  });
});
