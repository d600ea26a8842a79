import { columnsOf, double, integer, json, key, text, timestamp } from './column.ts';
import type { Schedule } from './pipeline.ts';
import type { SourceRef } from './source.ts';

/** A condition on the features that decides whatever the model says. */
export interface ScoringRule {
  readonly name: string;
  /** SQL over the features; null counts as false. */
  readonly sql: string;
  readonly says: 'alert' | 'allow';
}

/** Where a model's scores go, and what is combined with them. */
export interface Scoring {
  /** Document store whose documents carry the scores. */
  readonly to: SourceRef;
  readonly collection: string;
  /** Field that holds the features' key. */
  readonly key: string;
  /** Some documents hold it in capitals. */
  readonly anyCase?: boolean;
  /** Names of the fields that are written. */
  readonly fields: {
    /** Probability, 0 to 1. */
    readonly score: string;
    readonly alert: string;
    /** `model`, or the name of the rule that decided. */
    readonly decidedBy: string;
    /** Of an alert: features with their values, the largest contribution first. */
    readonly reasons: string;
    /** Model and version. */
    readonly by: string;
  };
  /** In order; the first that holds decides. */
  readonly rules: readonly ScoringRule[];
  /** Days before today that are scored. */
  readonly days: number;
  /** Left out: by hand only. */
  readonly schedule?: Schedule;
}

/** The lake's table with a model's scores: one row per event, cut by day. */
export const scoreTable = (model: string): string => `score.${model}`;

/** What it holds. */
export const SCORE_COLUMNS = columnsOf({
  event_key: key(text()).describe('Key of the features'),
  event_time: timestamp().describe('When it happened'),
  score: double().describe('Calibrated probability, 0 to 1'),
  decision: text().describe('alert or pass'),
  decided_by: text().describe('model, or the name of the rule'),
  reasons: json().nullable().describe('Of an alert: the features that speak most for it, the largest first'),
  model_version: integer().describe('Version that scored it'),
});
