import { ApplicationFailure, isCancellation, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { PublishResult, RequiredBronze } from '../activities/converge.types.ts';
import type { IngestResult, ResolvedRun } from '../activities/run.types.ts';
import { control, publishActivities } from './activity-proxies.ts';
import { awaitCut } from './await-cut.ts';
import { asWorkflowFailure, rootFailure } from './failures.ts';
import { ingestOrAttach } from './ingest-child.ts';
import type { DatasetProgress, Reason } from './messages.ts';
import { Progress } from './progress.ts';
import { requiredBy } from './required.ts';
import { lookForDriftAfter } from './retrain-after.ts';
import { SCHEDULED_START, searchAttributesOf } from './search-attributes.ts';
import { noteUndeclared } from './undeclared.ts';

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
    const cut = await converged(resolved, required, progress);
    progress.step();
    progress.enter('publishing');
    const published = await publishCut(resolved, cut, progress);
    progress.step();
    await lookForDriftAfter(resolved);
    progress.enter('done');
    const { datasets, notes } = progress;
    return { pipeline, interval: resolved.printed, cut, published, datasets, ...(notes.length > 0 && { notes }) };
  } catch (error) {
    if (isCancellation(error)) {
      progress.enter('cancelled');
      throw error;
    }
    progress.enter('failed');
    throw asWorkflowFailure(error);
  }
}

/** When the schedule meant to start this; a late or caught-up start does the interval it was meant for. */
function nominalTime(): string | undefined {
  return workflowInfo().typedSearchAttributes.get(SCHEDULED_START)?.toISOString();
}

async function ingestAll(resolved: ResolvedRun, progress: Progress): Promise<RequiredBronze> {
  const { env, interval, sources } = resolved;
  const failures: Reason[] = [];
  const results: IngestResult[] = [];
  const ingestOne = async (dataset: string) => {
    progress.set(dataset, 'ingesting');
    try {
      const result = await ingestOrAttach({ env, dataset, interval, queue: 'extract' });
      results.push(result);
      progress.add(dataset, 'ingested', result);
      noteUndeclared(progress, result);
      progress.step();
    } catch (error) {
      if (isCancellation(error)) throw error;
      failures.push({ dataset, message: rootFailure(error).message });
      progress.fail(failures.slice(-1));
    }
  };
  const settled = await Promise.allSettled(sources.map(ingestOne));
  const cancelled = settled.find((s) => s.status === 'rejected');
  if (cancelled) throw cancelled.reason;
  if (failures.length > 0) throw failed('Ingest failed', failures);
  return requiredBy(results);
}

async function converged(resolved: ResolvedRun, required: RequiredBronze, progress: Progress): Promise<number> {
  const { env, pipeline, interval: range, params } = resolved;
  const reprocess = params.fullRefresh === true ? ({ mode: 'completed', range } as const) : undefined;
  const outcome = await awaitCut({ env, pipeline, required, reprocess });
  if (outcome.kind === 'failed') {
    progress.fail(outcome.reasons);
    throw failed('Not everything could be built', outcome.reasons);
  }
  for (const built of outcome.built) progress.add(built.dataset, built.state, built);
  return outcome.cut;
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

/** A failure's details are kept by the server for as long as the run. */
const MOST_DETAILS = 50;

export function failed(what: string, reasons: readonly Reason[]): ApplicationFailure {
  const shown = reasons.slice(0, 10).map(({ dataset, message }) => `${dataset}: ${message}`);
  const more = reasons.length > shown.length ? [`and ${reasons.length - shown.length} more`] : [];
  return ApplicationFailure.create({
    type: 'run_failed',
    message: [`${what}:`, ...shown, ...more].join('\n'),
    // For programs: `strata status` marks these datasets.
    details: [reasons.slice(0, MOST_DETAILS)],
    nonRetryable: true,
  });
}
