import type { ColumnDrift, DriftResult } from '../../drift/drift.types.ts';
import type { DriftSummary, FileRef } from './retrain.types.ts';

/** What the workflow decides by: counts and names, never rows. */
export function driftSummary({ columns, drifted, reference }: DriftResult, report: FileRef): DriftSummary {
  const features = columns.filter(({ role }) => role === 'feature');
  const [first] = features;
  const odd = features.filter(({ state }) => state !== 'ok');
  return {
    drifted,
    features: features.length,
    undecided: features.filter(({ verdict }) => verdict.says === 'undecided').length,
    states: Object.fromEntries(odd.map(({ state }) => [state, odd.filter((f) => f.state === state).length])),
    problem: first ? problemOf(first) : null,
    reference,
    rows: { reference: first?.reference.rows ?? 0, current: first?.current.rows ?? 0 },
    report,
  };
}

/** Rows are the same for every column: one tells. */
function problemOf({ state, reference, current }: ColumnDrift): string | null {
  if (state === 'reference_empty') return 'the reference has no rows';
  if (state === 'current_empty') return 'the current days have no rows';
  if (state !== 'too_few_rows') return null;
  return `${reference.rows} rows in the reference and ${current.rows} now are too few`;
}
