import { isCancellation, upsertSearchAttributes } from '@temporalio/workflow';
import type { ScoredDay, WrittenBack } from '../activities/score/score.types.ts';
import { scoreActivities, scoreControl } from './activity-proxies.ts';
import { asWorkflowFailure } from './failures.ts';
import { Progress } from './progress.ts';
import { searchAttributesOf } from './search-attributes.ts';

/** What a scoring did, short enough to read in the UI. */
export interface ScoringSummary {
  readonly model: string;
  readonly champion: number;
  /** Days scored anew, and what is in them. */
  readonly days: number;
  readonly rows: number;
  readonly alerts: number;
  readonly written: number;
  readonly missing: number;
}

/** Scores what is new or was scored from other features or by another champion, and puts the scores into the documents. */
export async function score(input: unknown): Promise<ScoringSummary> {
  const progress = new Progress('scoring');
  try {
    progress.enter('resolving');
    const resolved = await scoreControl.resolveScoring({ input });
    const { env, model, champion, due, days } = resolved;
    upsertSearchAttributes(searchAttributesOf({ env, pipeline: `score ${model}` }));
    progress.expect(due.length + days.length);
    progress.enter('scoring');
    const activities = scoreActivities(env);
    const scored: ScoredDay[] = [];
    for (const day of due) {
      const claim = await scoreControl.claimScores({ resolved, day });
      const done = await activities.scoreDay({ resolved, day, claim });
      scored.push(done);
      progress.add(`score.${model}`, 'scored', { rowsOut: done.rows });
      progress.step();
    }
    progress.enter('writing back');
    const written: WrittenBack[] = [];
    for (const day of days) {
      written.push(await activities.writeBackScores({ resolved, day }));
      progress.step();
    }
    progress.enter('done');
    const sum = <T>(rows: readonly T[], pick: (row: T) => number) => rows.reduce((all, row) => all + pick(row), 0);
    return {
      model,
      champion,
      days: scored.length,
      rows: sum(scored, ({ rows }) => rows),
      alerts: sum(scored, ({ alerts }) => alerts),
      written: sum(written, ({ changed }) => changed),
      missing: sum(written, ({ missing }) => missing),
    };
  } catch (error) {
    if (isCancellation(error)) {
      progress.enter('cancelled');
      throw error;
    }
    progress.enter('failed');
    throw asWorkflowFailure(error);
  }
}
