import { describe, expect, it } from 'vitest';
import { claimTag } from '../../core/claim-tag.ts';
import { admit, nextEpochs, refuseMovedBase } from '../../core/claims.ts';
import { claimOf, ledgerOf } from './fixtures.ts';

const scopes = (epoch: number) => ({ 'silver.payment': epoch });
const claim = (epoch: number, more = {}) => claimOf('silver.payment', { scopes: scopes(epoch), ...more });
const merged = (epoch: number, source: number) => ({
  kind: 'merge' as const,
  claim: { scopes: scopes(epoch), inputs: { 'bronze.payment': source, 'silver.rate': source } },
  partitions: { '2026-11-01': `${epoch}` },
  merged: ['2026-11-02'],
});

describe('claims', () => {
  const ledger = ledgerOf('silver.payment', [merged(1, 3)]);

  it('a newer epoch is let in, an older or foreign one is not, a twin is told where its work is', () => {
    const mine = claim(1, { inputs: { 'bronze.payment': 3, 'silver.rate': 3 } });
    expect(admit(ledger, mine, [])).toEqual({ kind: 'done', version: 0 });
    expect(() => admit(ledger, { ...mine, run: 'other' }, [])).toThrow(/epoch 1 lost to epoch 1/);
    expect(admit(ledger, claim(2), [])).toEqual({ kind: 'write' });
  });

  it('after a cancellation the claim it was for is refused', () => {
    const cancelled = ledgerOf('silver.payment', [
      merged(1, 3),
      { kind: 'cancel', claim: { scopes: scopes(2), run: 'cancel' } },
    ]);
    expect(() => admit(cancelled, claim(2), [])).toThrow(/lost/);
    expect(nextEpochs(cancelled, ['silver.payment'])).toEqual(scopes(3));
  });

  it('no partition goes back to an older input', () => {
    const older = claim(2, { inputs: { 'bronze.payment': 3, 'silver.rate': 2 } });
    expect(() => admit(ledger, older, ['2026-11-01'])).toThrow(/silver.rate version 3; this work read version 2/);
    expect(admit(ledger, older, ['2026-11-05'])).toEqual({ kind: 'write' });
  });

  it('a merge never goes on from an older source, whatever it touches', () => {
    const older = claim(2, { inputs: { 'bronze.payment': 2, 'silver.rate': 3 } });
    expect(() => admit(ledger, older, [])).toThrow(/2026-11-02 of bronze.payment as of version 3/);
  });

  it('an epoch that left bad rows behind is not used again', () => {
    const quarantine = ledgerOf('quarantine.silver__payment', [{ kind: 'quarantine', claim: { scopes: scopes(7) } }]);
    expect(nextEpochs(ledger, ['silver.payment'], quarantine)).toEqual(scopes(8));
    expect(nextEpochs(ledger, ['silver.payment', 'silver.payment/x'])).toEqual({
      'silver.payment': 2,
      'silver.payment/x': 2,
    });
  });

  it('a base that moved under a gap of epochs is noticed', () => {
    const later = ledgerOf('silver.payment', [merged(1, 3), merged(4, 3)]);
    expect(admit(later, claim(5), [])).toEqual({ kind: 'write' });
    expect(() => refuseMovedBase(claim(5), ledger, later)).toThrow(
      /epoch 4 was committed while this build read epoch 1/,
    );
    expect(() => refuseMovedBase(claim(5), later, later)).not.toThrow();
  });

  it('a tag is the same for a twin and another for every other claim of the epoch', () => {
    const all = [claim(1), claim(1, { contentHash: 'h2' }), claim(1, { inputs: { a: 1 } }), claim(1, { run: 'r2' })];
    expect(new Set(all.map(claimTag)).size).toBe(4);
    expect(claimTag(claim(1))).toBe(claimTag(structuredClone(claim(1))));
    expect(ledger.marks.get('2026-11-02')?.claim).toBe(claimTag(claimOf('silver.payment', merged(1, 3).claim)));
  });
});
