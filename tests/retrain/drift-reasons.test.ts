import { describe, expect, it } from 'vitest';
import { driftSummary } from '../../activities/retrain/drift-summary.ts';
import { DRIFT_TRIGGERS, retraining } from '../../core/retraining.ts';
import type { ColumnDrift, DriftResult } from '../../drift/drift.types.ts';
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
  const { notify: _, after: __, scoring: ___, schedule: _____, ...shipped } = fraud;
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
