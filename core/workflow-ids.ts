import { type Interval, printInterval } from './interval.ts';

/** Workflow types that are no pipelines: every other one is a pipeline's name. */
export const WORKFLOW_TYPES = [
  'ingest',
  'converge',
  'backfill',
  'publish',
  'drift_and_retrain',
  'hourly_fraud_detection',
] as const;

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
  publish: (env: string, pipeline: string, cut: number): string => `publish/${env}/${pipeline}/${cut}`,
  /** @param day the day it is asked for, `2026-11-20` */
  retrain: (env: string, model: string, day: string): string => `retrain/${env}/${model}/${day}`,
  score: (env: string, model: string): string => `score/${env}/${model}`,
  schedule: (env: string, name: string): string => `schedule/${env}/${name}`,
} as const;

const KINDS = ['run', 'ingest', 'converge', 'backfill', 'publish', 'retrain', 'score'] as const;
export type WorkflowKind = (typeof KINDS)[number];

/** What an id says; undefined for one that is not ours. */
export function parseWorkflowId(
  id: string,
): { kind: WorkflowKind; env: string; subject: string; range: string | undefined } | undefined {
  const [kind, env, subject, range] = id.split('/');
  if (!env || !subject) return undefined;
  const known = KINDS.find((each) => each === kind);
  return known && { kind: known, env, subject, range };
}
