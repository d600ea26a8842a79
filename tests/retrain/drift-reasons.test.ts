import { describe, expect, it } from 'vitest';
import { driftSummary } from '../../activities/retrain/drift-summary.ts';
import { lookAtPerformance } from '../../activities/retrain/look-at-performance.ts';
import { DRIFT_TRIGGERS, retraining } from '../../core/retraining.ts';
import type { ColumnDrift, DriftResult } from '../../drift/drift.types.ts';
import { sampleOf, useSession } from '../drift/samples.fixture.ts';
import { fraud } from './bank/project.ts';

const file = { path: 'drift.html', sha256: '0' };
const FILES = { report: file, figures: file };

function column(name: string, role: ColumnDrift['role'], says: ColumnDrift['verdict']['says']): ColumnDrift {
  const side = { rows: 100, missing: 0, distinct: 2 };
  const verdict = { says, effect: 0.2, atLeast: 0.1, atMost: 0.3, because: 'values', pValue: 0, adjustedP: 0 } as const;
  const sides = { reference: side, current: side, plot: [] };
  return { column: name, kind: 'numeric', role, leastEffect: 0.1, state: 'ok', verdict, ...sides };
}

const result = (...columns: ColumnDrift[]): DriftResult => ({
  reference: 'training set',
  current: 'now',
  options: { leastEffect: 0.1, falseDiscoveryRate: 0.05, leastRows: 30, driftShare: 0.5 },
  columns,
  drifted: columns.filter(({ role, verdict }) => role === 'feature' && verdict.says === 'drift').map((c) => c.column),
  byDefault: { share: 0, drifted: false },
});

describe('reasons to train', () => {
  const all = result(
    column('amount', 'feature', 'drift'),
    column('shop', 'feature', 'no_drift'),
    column('_score', 'prediction', 'drift'),
    column('_target', 'target', 'drift'),
  );

  it('are named by what moved', () => {
    expect(driftSummary(all, ['recall 0.1'], DRIFT_TRIGGERS, FILES)).toMatchObject({
      reasons: ['features: amount', 'prediction: _score', 'target: _target', 'performance: recall 0.1'],
      drifted: ['amount'],
      features: 2,
    });
  });

  it('are only what the retraining names as such', () => {
    expect(driftSummary(all, ['recall 0.1'], ['target'], FILES).reasons).toEqual(['target: _target']);
    expect(driftSummary(result(column('amount', 'feature', 'undecided')), [], DRIFT_TRIGGERS, FILES).reasons).toEqual(
      [],
    );
  });
});

describe('how drift is looked for', () => {
  const { notify: _, after: __, scoring: ___, ...shipped } = fraud;
  const declare = (drift: Partial<typeof fraud.drift>) => () => retraining({ ...shipped, drift });

  it('is the training set and everything, where nothing is said', () => {
    const { drift: ____, ...bare } = shipped;
    expect(retraining(bare).drift).toEqual({
      reference: { kind: 'training' },
      leastTargetEffect: 0.005,
      triggers: DRIFT_TRIGGERS,
    });
  });

  it('is refused where it makes no sense', () => {
    expect(declare({ leastTargetEffect: 0 })).toThrow('leastTargetEffect is 0');
    expect(declare({ triggers: [] })).toThrow('triggers is empty');
    expect(declare({ reference: { kind: 'rolling', length: 'a while' } })).toThrow('a while');
  });
});

describe('the performance of the champion', () => {
  const held = useSession();
  const START = Date.UTC(2026, 0, 1);
  const TYPES = { _score: 'DOUBLE', _target: 'UTINYINT', paid_at: 'TIMESTAMPTZ' };

  /** Scores that hold: of rows given p, the share p is positive. @param off turns the ranking around for so many rows */
  const rows = async (days: number, off: number) => {
    const made = Array.from({ length: days * 400 }, (_, i) => {
      const score = ((i * 7919) % 400) / 400;
      const positive = ((i * 104729) % 997) / 997 < (i % 10 < off * 10 ? 1 - score : score);
      return [score, positive ? 1 : 0, new Date(START + i * 216_000).toISOString()];
    });
    return (await sampleOf(held.session, TYPES, made)).relation;
  };
  const look = async (samples: { current: string; matured: string }) =>
    lookAtPerformance(held.session, { time: 'paid_at', policy: { leastPositives: 30 } as never }, 0.8, {
      reference: await rows(10, 0),
      ...samples,
    });

  it('is no reason as long as it is what it was; the page shows each day', async () => {
    const { alerts, section } = await look({ current: await rows(3, 0), matured: await rows(3, 0) });
    expect(alerts).toEqual([]);
    expect(section).toContain('2026-01-01');
    expect(section.match(/<circle/g)?.length).toBe(4 * 3);
  });

  it('is a reason when labels say that it fell, also where its scores see nothing', async () => {
    const { alerts } = await look({ current: await rows(3, 0), matured: await rows(3, 0.5) });
    expect(alerts.join('; ')).toMatch(/average precision [\d.]+ as labels say, below [\d.]+/);
    expect(alerts.join('; ')).not.toContain('estimated');
  });

  it('is a reason when the scores themselves say so, before any label', async () => {
    const all = await rows(3, 0);
    await held.session.run(
      `CREATE OR REPLACE TEMP TABLE low AS SELECT _score * 0.3 AS _score, _target, paid_at FROM ${all}`,
    );
    const { alerts } = await look({ current: 'low', matured: '(SELECT * FROM low WHERE false)' });
    expect(alerts.join('; ')).toMatch(/average precision [\d.]+ estimated before labels come/);
    expect(alerts.join('; ')).not.toContain('as labels say');
  });
});
