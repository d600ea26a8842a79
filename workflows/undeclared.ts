import type { IngestResult } from '../activities/run.types.ts';
import type { Progress } from './progress.ts';

/** Columns that came into the source are told, not lost silently. */
export function noteUndeclared(progress: Progress, { dataset, undeclared = [] }: IngestResult): void {
  if (undeclared.length === 0) return;
  progress.note(
    dataset,
    `the source has columns that nobody declares: ${undeclared.join(', ')}. Declare them, or name them in \`ignored\`.`,
  );
}
