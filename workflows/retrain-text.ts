import type { DriftSummary, ResolvedRetraining, Trial } from '../activities/retrain/retrain.types.ts';

/** What the log says of a check of drift: nothing found is told apart from nothing seen. */
export function printDrift({ reasons, features, undecided, states, problem }: DriftSummary): string {
  if (problem !== null) return `cannot tell: ${problem}`;
  return [
    reasons.length > 0 ? reasons.join('; ') : 'none',
    ...(undecided > 0 ? [`undecided: ${undecided} of ${features}`] : []),
    ...Object.entries(states).map(([state, count]) => `${state.replaceAll('_', ' ')}: ${count} of ${features}`),
  ].join('; ');
}

/** Why it is trained. */
export function reasonOf({ champion, force }: ResolvedRetraining, { reasons }: DriftSummary): string {
  if (reasons.length > 0) return `Drift: ${reasons.join('; ')}`;
  return champion === null && !force ? 'There is no champion yet' : 'Asked for by hand';
}

/** Of all trials, each once. */
export const warningsOf = (trials: readonly Trial[]): string[] => [
  ...new Set(trials.flatMap(({ warnings }) => warnings)),
];
