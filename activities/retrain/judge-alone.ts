import type { Judged } from './keep-comparison.ts';
import type { Challenger } from './retrain.types.ts';

/** Nobody to compare with: it must at least rank better than a logistic regression does, and have a threshold. */
export function judgeFirst(challenger: Challenger): Judged {
  const { metrics, unreachable } = challenger;
  const own = metrics.averagePrecision ?? 0;
  const baseline = metrics.baselineAveragePrecision ?? 0;
  const passes = own >= baseline && unreachable === undefined;
  const ranks = `there is no champion: average precision ${own.toFixed(4)} beside ${baseline.toFixed(4)} of a logistic regression`;
  return alone(challenger, 'first', passes, unreachable === undefined ? ranks : `${ranks}; ${unreachable}`);
}

/** The champion cannot score these rows: which of the two is better only a person can say. @param loss of the champion */
export const judgeUnlike = (challenger: Challenger, model: string, loss: string): Judged =>
  alone(
    challenger,
    'comparable',
    false,
    `${loss}, so the two cannot be compared; whoever knows the new one to be better promotes it: strata model promote ${model} ${challenger.version}`,
  );

const alone = ({ metrics }: Challenger, gate: string, passes: boolean, finding: string) => ({
  champion: null,
  challenger: metrics,
  gates: [{ gate, passes, finding }],
  passes,
});
