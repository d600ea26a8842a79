import { ApplicationFailure, isCancellation, upsertSearchAttributes } from '@temporalio/workflow';
import type { ResolvedScoring, ScoredDay, ScoringPlan, WrittenBack } from '../activities/score/score.types.ts';
import { scoreActivities, scoreControl } from './activity-proxies.ts';
import { converged, ingestAll } from './bring-up-to-date.ts';
import { endedBy } from './failures.ts';
import { Progress } from './progress.ts';
import { searchAttributesOf } from './search-attributes.ts';

/** What a scoring did, short enough to read in the UI. */
export interface ScoringSummary {
  readonly model: string;
  readonly outcome: 'scored' | 'no_champion';
  readonly champion: number | null;
  /** Days scored anew, and what is in them. */
  readonly days: number;
  readonly rows: number;
  readonly alerts: number;
  readonly written: number;
  readonly missing: number;
}

/**
 * Brings the features of the running day up to date, scores what is new or was scored from other features or by another
 * champion, and puts the scores into the documents.
 */
export async function score(input: unknown): Promise<ScoringSummary> {
  const progress = new Progress('scoring');
  try {
    progress.enter('resolving');
    const plan = await scoreControl.planScoring({ input });
    const { env, model, champion, interval } = plan;
    upsertSearchAttributes(searchAttributesOf({ env, pipeline: `score ${model}`, interval }));
    if (champion === null) {
      progress.enter('no champion');
      return { model, outcome: 'no_champion', champion, ...sumsOf([], []) };
    }
    const problem = await bringUpToDate(plan, progress);
    const resolved = await scoreControl.resolveScoring({ model, champion });
    progress.expect(resolved.due.length + resolved.days.length);
    progress.enter('scoring');
    const scored = await scoreDays(resolved, progress);
    progress.enter('writing back');
    const written = await writeBackDays(resolved, progress);
    if (problem) throw problem;
    progress.enter('done');
    return { model, outcome: 'scored', champion, ...sumsOf(scored, written) };
  } catch (error) {
    throw endedBy(error, progress);
  }
}

/** @returns why it could not be: what is there is scored all the same, then the scoring says that it was not all */
async function bringUpToDate(plan: ScoringPlan, progress: Progress): Promise<ApplicationFailure | undefined> {
  progress.expect(plan.sources.length);
  try {
    progress.enter('ingesting');
    const required = await ingestAll(plan, progress);
    progress.enter('converging');
    const { env, pipeline } = plan;
    await converged({ env, pipeline, required, reprocess: undefined }, progress);
    return undefined;
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ApplicationFailure)) throw error;
    return error;
  }
}

async function scoreDays(resolved: ResolvedScoring, progress: Progress): Promise<ScoredDay[]> {
  const scored: ScoredDay[] = [];
  for (const day of resolved.due) {
    const claim = await scoreControl.claimScores({ resolved, day });
    const done = await scoreActivities(resolved.env).scoreDay({ resolved, day, claim });
    scored.push(done);
    progress.add(`score.${resolved.model}`, 'scored', { rowsOut: done.rows });
    progress.step();
  }
  return scored;
}

async function writeBackDays(resolved: ResolvedScoring, progress: Progress): Promise<WrittenBack[]> {
  const written: WrittenBack[] = [];
  for (const day of resolved.days) {
    written.push(await scoreActivities(resolved.env).writeBackScores({ resolved, day }));
    progress.step();
  }
  return written;
}

function sumsOf(scored: readonly ScoredDay[], written: readonly WrittenBack[]) {
  const sum = <T>(rows: readonly T[], pick: (row: T) => number) => rows.reduce((all, row) => all + pick(row), 0);
  return {
    days: scored.length,
    rows: sum(scored, ({ rows }) => rows),
    alerts: sum(scored, ({ alerts }) => alerts),
    written: sum(written, ({ changed }) => changed),
    missing: sum(written, ({ missing }) => missing),
  };
}
