import type { Retraining } from '../../core/retraining.ts';
import { scoreTable } from '../../core/scoring.ts';
import { updateFields } from '../../sources/mongodb/update-fields.ts';
import { withAttempt } from '../attempt.ts';
import type { Platform } from '../platform.ts';
import { scoringOf } from './plan-scoring.ts';
import type { WriteBackInput, WrittenBack } from './score.types.ts';
import { type ScoreRow, scoreUpdates } from './score-updates.ts';
import { scoresOfDay } from './scores-of-day.ts';

/** Puts a day's committed scores into the documents. Those that hold them already are left as they are. */
export function writeBack(
  platform: Platform,
  retraining: Retraining,
  { resolved, day }: WriteBackInput,
  signal: AbortSignal,
): Promise<WrittenBack> {
  const scoring = scoringOf(retraining);
  const { to, collection, key } = scoring;
  return withAttempt(platform.temp, async (attempt) => {
    await using session = await platform.openSession(signal);
    const relation = await scoresOfDay(platform, { session, attempt }, scoreTable(resolved.model), day);
    const rows = await session.rows<ScoreRow>(
      `SELECT event_key, score, decision, decided_by, reasons, model_version FROM ${relation} ORDER BY event_key`,
    );
    const updates = scoreUpdates(rows, scoring, resolved.model);
    const done = await updateFields(platform.source(to), { collection, key, updates, now: platform.now(), signal });
    return { day, ...done };
  });
}
