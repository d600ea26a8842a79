import type { Task } from '../core/plan.ts';
import type { BuildTask } from './converge.types.ts';

/** The reasons as one line for people: lists of thousands of partitions stay out of Temporal. */
export function toBuildTask({ why, ...task }: Task): BuildTask {
  return { ...task, why: reasonOf({ why, ...task }) };
}

function reasonOf({ kind, partitions, inputPartitions, why }: Task): string {
  if (kind === 'merge') return `merge ${counted(inputPartitions)}`;
  if (kind === 'remerge') return `merge ${counted(inputPartitions)} anew, the definition changed`;
  const reasons = new Set(
    why.map(({ reason, because }) =>
      reason === 'data'
        ? `${because?.input ?? 'an input'} moved`
        : { missing: 'missing', code: 'the definition changed', asked: 'asked for' }[reason],
    ),
  );
  return `${kind} ${counted(partitions)}: ${[...reasons].join(', ')}`;
}

const counted = (names: readonly string[]): string =>
  names.length === 1 ? `${names[0]}` : `${names.length} partitions`;
