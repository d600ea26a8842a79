import { describe, expect, it } from 'vitest';
import { type Cut, contains, cutProblems, nextCut } from '../../core/cuts.ts';
import { ownedBy } from '../../core/graph.ts';
import type { LedgerState } from '../../core/ledger.ts';
import { bronze, byMonth, derived, ledgerOf, merged, projectOf } from './fixtures.ts';

const raw = bronze('payment');
const payment = merged('silver.payment', raw);
const fact = derived('gold.fact', { payment });
const monthly = derived('gold.monthly', { raw }, { partitionBy: byMonth });
const part = ownedBy(projectOf({ nightly: [fact, monthly] }), 'nightly');
const DAY = '2026-11-01';

const source = (commits: number) =>
  ledgerOf(
    'bronze.payment',
    Array.from({ length: commits }, (_, i) => ({ partitions: { [DAY]: `${i}` } })),
  );
const silver = (...read: number[]) =>
  ledgerOf(
    'silver.payment',
    read.map((version, i) => ({
      kind: 'merge' as const,
      claim: { scopes: { 'silver.payment': i + 1 }, inputs: { 'bronze.payment': version } },
      partitions: { [DAY]: `${i}` },
      merged: [DAY],
    })),
  );
const gold = (version: number) =>
  ledgerOf('gold.fact', [{ claim: { inputs: { 'silver.payment': version } }, partitions: { [DAY]: 'x' } }]);
const months = (version: number) =>
  ledgerOf('gold.monthly', [{ claim: { inputs: { 'bronze.payment': version } }, partitions: { '2026-11': 'x' } }]);
const ledgers = (...states: [LedgerState, LedgerState, LedgerState, LedgerState]) =>
  new Map(['bronze.payment', 'silver.payment', 'gold.fact', 'gold.monthly'].map((name, i) => [name, states[i]!]));
const problems = async (of: Map<string, LedgerState>) =>
  (await cutProblems(part, of, async () => [])).map((p) => `${p.dataset} ${p.problem}`);

describe('cuts', () => {
  it('needs derived tables fresh against each other; bronze may be ahead', async () => {
    expect(await problems(ledgers(source(3), silver(0), gold(0), months(0)))).toEqual([]);
    expect(await problems(ledgers(source(3), silver(0, 1), gold(0), months(0)))).toEqual(['gold.fact stale']);
  });

  it('refuses a table built from a newer one than the one loaded', async () => {
    expect(await problems(ledgers(source(3), silver(0), gold(1), months(0)))).toEqual(['gold.fact ahead']);
    expect(await problems(ledgers(source(1), silver(1), gold(0), months(0)))).toEqual(['silver.payment ahead']);
    expect(await problems(ledgers(source(1), silver(0), gold(0), months(2)))).toEqual(['gold.monthly ahead']);
  });

  it('counts on, stays where nothing moved, never goes back', () => {
    const old = ledgers(source(1), silver(0), gold(0), months(0));
    const first = nextCut(part, old, undefined) as Cut;
    expect(first).toMatchObject({
      number: 1,
      pipeline: 'nightly',
      versions: { 'silver.payment': 0, 'bronze.payment': 0 },
    });
    expect(nextCut(part, ledgers(source(2), silver(0), gold(0), months(0)), first)).toBeUndefined();
    expect(nextCut(part, ledgers(source(2), silver(0), gold(0), months(0)), first, { closed: true })).toMatchObject({
      number: 2,
      versions: { 'bronze.payment': 1, 'gold.fact': 0 },
    });
    const second = nextCut(part, ledgers(source(2), silver(0, 1), gold(1), months(0)), first) as Cut;
    expect(second.number).toBe(2);
    expect(nextCut(part, old, second)).toMatchObject({ problem: 'backwards', dataset: 'bronze.payment' });
  });

  it('hold what a run brought when every reader of the source does', () => {
    const wanted = { 'bronze.payment': { [DAY]: 1 } };
    expect(contains(part, ledgers(source(2), silver(0), gold(0), months(1)), wanted)).toBe(false);
    expect(contains(part, ledgers(source(2), silver(1), gold(0), months(0)), wanted)).toBe(false);
    expect(contains(part, ledgers(source(2), silver(1), gold(0), months(1)), wanted)).toBe(true);
    expect(
      contains(part, ledgers(source(2), silver(1), gold(0), months(1)), { 'bronze.payment': { '2026-12-01': 1 } }),
    ).toBe(false);
    expect(contains(part, ledgers(source(2), silver(0), gold(0), months(0)), {})).toBe(true);
  });
});
