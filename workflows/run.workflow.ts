import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { PublishResult } from '../activities/converge.types.ts';
import type { ResolvedRun } from '../activities/run.types.ts';
import { control, publishActivities } from './activity-proxies.ts';
import { converged, ingestAll } from './bring-up-to-date.ts';
import { endedBy } from './failures.ts';
import type { DatasetProgress, Reason } from './messages.ts';
import { Progress } from './progress.ts';
import { lookForDriftAfter } from './retrain-after.ts';
import { SCHEDULED_START, searchAttributesOf } from './search-attributes.ts';

/** What a run did, short enough to read in the UI. */
export interface RunSummary {
  readonly pipeline: string;
  /** Half-open. */
  readonly interval: string;
  readonly cut: number;
  readonly published: PublishResult | undefined;
  readonly datasets: readonly DatasetProgress[];
  /** What people should know although nothing failed. */
  readonly notes?: readonly Reason[];
}

/** One pipeline over a range: ingest, wait for convergence, publish. The workflow type is the pipeline's name. */
export async function run(pipeline: string, input: unknown): Promise<RunSummary> {
  const progress = new Progress(pipeline);
  try {
    progress.enter('resolving');
    const resolved = await control.resolveRun({ pipeline, input, nominal: nominalTime() });
    upsertSearchAttributes(searchAttributesOf(resolved));
    progress.expect(resolved.sources.length + 2);
    progress.enter('ingesting');
    const required = await ingestAll(resolved, progress);
    progress.enter('converging');
    const { env, interval: range, params } = resolved;
    const reprocess = params.fullRefresh === true ? ({ mode: 'completed', range } as const) : undefined;
    const cut = await converged({ env, pipeline, required, reprocess }, progress);
    progress.step();
    progress.enter('publishing');
    const published = await publishCut(resolved, cut, progress);
    progress.step();
    await lookForDriftAfter(resolved);
    progress.enter('done');
    const { datasets, notes } = progress;
    return { pipeline, interval: resolved.printed, cut, published, datasets, ...(notes.length > 0 && { notes }) };
  } catch (error) {
    throw endedBy(error, progress);
  }
}

/** When the schedule meant to start this; a late or caught-up start does the interval it was meant for. */
function nominalTime(): string | undefined {
  return workflowInfo().typedSearchAttributes.get(SCHEDULED_START)?.toISOString();
}

/** @returns undefined for a pipeline that publishes nothing. */
export async function publishCut(
  { env, pipeline, publishTo: to }: ResolvedRun,
  cut: number,
  progress: Progress,
): Promise<PublishResult | undefined> {
  if (to === undefined) return undefined;
  const published = await publishActivities(env).publish({ pipeline, to, cut });
  if (published.note !== undefined) progress.note(to, published.note);
  return published;
}
