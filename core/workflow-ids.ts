import { type Interval, printInterval } from './interval.ts';

/**
 * Workflow ids say what a workflow is, and that it is the only one: starting a range that is running attaches to it. They
 * save work; correctness never leans on them.
 */
export const workflowIds = {
  run: (env: string, pipeline: string, range: Interval): string => `run/${env}/${pipeline}/${printInterval(range)}`,
  ingest: (env: string, dataset: string, range: Interval): string => `ingest/${env}/${dataset}/${printInterval(range)}`,
  converge: (env: string, pipeline: string): string => `converge/${env}/${pipeline}`,
  /** @param n counts backfills of the same range */
  backfill: (env: string, pipeline: string, range: Interval, n: number): string =>
    `backfill/${env}/${pipeline}/${printInterval(range)}/${n}`,
  schedule: (env: string, pipeline: string): string => `schedule/${env}/${pipeline}`,
} as const;

export type WorkflowKind = 'run' | 'ingest' | 'converge' | 'backfill';

/** What an id says; undefined for one that is not ours. */
export function parseWorkflowId(
  id: string,
): { kind: WorkflowKind; env: string; subject: string; range: string | undefined } | undefined {
  const [kind, env, subject, range] = id.split('/');
  if (!kind || !env || !subject || !['run', 'ingest', 'converge', 'backfill'].includes(kind)) return undefined;
  return { kind: kind as WorkflowKind, env, subject, range };
}
