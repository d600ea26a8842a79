import type { Scoring } from '../../core/scoring.ts';
import type { FieldUpdate } from '../../sources/mongodb/update-fields.ts';

/** A committed score, without its time. */
export interface ScoreRow {
  readonly event_key: string;
  readonly score: number;
  readonly decision: string;
  readonly decided_by: string;
  readonly reasons: string | null;
  readonly model_version: number;
}

/** What a document gets of its score. */
export const scoreUpdates = (rows: readonly ScoreRow[], { anyCase, fields }: Scoring, model: string): FieldUpdate[] =>
  rows.map((row) => ({
    keys: anyCase ? [row.event_key, row.event_key.toUpperCase()] : [row.event_key],
    set: {
      [fields.score]: row.score,
      [fields.alert]: row.decision === 'alert',
      [fields.decidedBy]: row.decided_by,
      [fields.reasons]: row.reasons === null ? [] : (JSON.parse(row.reasons) as unknown[]),
      [fields.by]: `${model} ${row.model_version}`,
    },
  }));
