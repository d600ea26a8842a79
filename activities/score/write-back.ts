import type { Retraining } from '../../core/retraining.ts';
import { scoreTable } from '../../core/scoring.ts';
import { type FieldUpdate, updateFields } from '../../sources/mongodb/update-fields.ts';
import { withAttempt } from '../attempt.ts';
import type { Platform } from '../platform.ts';
import { scoringOf } from './resolve-scoring.ts';
import type { WriteBackInput, WrittenBack } from './score.types.ts';
import { scoresOfDay } from './scores-of-day.ts';

interface ScoreRow {
  readonly event_key: string;
  readonly score: number;
  readonly decision: string;
  readonly reasons: string | null;
  readonly model_version: number;
}

/** Puts a day's committed scores into the documents. Those that hold them already are left as they are. */
export function writeBack(
  platform: Platform,
  retraining: Retraining,
  { resolved, day }: WriteBackInput,
  signal: AbortSignal,
): Promise<WrittenBack> {
  const { to, collection, key, fields } = scoringOf(retraining);
  return withAttempt(platform.temp, async (attempt) => {
    await using session = await platform.openSession(signal);
    const relation = await scoresOfDay(platform, { session, attempt }, scoreTable(resolved.model), day);
    const rows = await session.rows<ScoreRow>(
      `SELECT event_key, score, decision, reasons, model_version FROM ${relation} ORDER BY event_key`,
    );
    const updates = rows.map(
      (row): FieldUpdate => ({
        key: row.event_key,
        set: {
          [fields.score]: row.score,
          [fields.alert]: row.decision === 'alert',
          [fields.reasons]: row.reasons === null ? [] : (JSON.parse(row.reasons) as unknown[]),
          [fields.by]: `${resolved.model} ${row.model_version}`,
        },
      }),
    );
    const done = await updateFields(platform.source(to), { collection, key, updates, now: platform.now(), signal });
    return { day, ...done };
  });
}
