import type { DriftTrigger } from '../../core/retraining.ts';
import type { ColumnDrift, ColumnRole, DriftResult } from '../../drift/drift.types.ts';
import type { DriftSummary, FileRef } from './retrain.types.ts';

const OF_ROLE: Readonly<Record<ColumnRole, DriftTrigger>> = {
  feature: 'features',
  prediction: 'prediction',
  target: 'target',
};

/** What the workflow decides by: counts and names, never rows. @param alerts of the champion's performance */
export function driftSummary(
  { columns, drifted, reference }: DriftResult,
  alerts: readonly string[],
  triggers: readonly DriftTrigger[],
  files: { readonly report: FileRef; readonly figures: FileRef },
): DriftSummary {
  const features = columns.filter(({ role }) => role === 'feature');
  const [first] = features;
  const odd = features.filter(({ state }) => state !== 'ok');
  const moved = columns.filter(({ verdict }) => verdict.says === 'drift');
  const reasons = triggers.flatMap((trigger) => {
    const named =
      trigger === 'performance' ? alerts : moved.filter((c) => OF_ROLE[c.role] === trigger).map((c) => c.column);
    return named.length > 0 ? [`${trigger}: ${named.join(', ')}`] : [];
  });
  return {
    drifted,
    reasons,
    features: features.length,
    undecided: features.filter(({ verdict }) => verdict.says === 'undecided').length,
    states: Object.fromEntries(odd.map(({ state }) => [state, odd.filter((f) => f.state === state).length])),
    problem: first ? problemOf(first) : null,
    reference,
    rows: { reference: first?.reference.rows ?? 0, current: first?.current.rows ?? 0 },
    ...files,
  };
}

/** Rows are the same for every column: one tells. */
function problemOf({ state, reference, current }: ColumnDrift): string | null {
  if (state === 'reference_empty') return 'the reference has no rows';
  if (state === 'current_empty') return 'the current days have no rows';
  if (state !== 'too_few_rows') return null;
  return `${reference.rows} rows in the reference and ${current.rows} now are too few`;
}
