import type { Interval } from '../../core/interval.ts';
import type { Claim, Version } from '../../core/ledger.ts';

/** What has to be up to date before anything is scored. */
export interface ScoringPlan {
  readonly env: string;
  readonly model: string;
  /** Null: there is none yet, and nothing to do. */
  readonly champion: number | null;
  /** Builds the features. */
  readonly pipeline: string;
  /** The running day, and in its first hour the day before. */
  readonly interval: Interval;
  /** Source datasets that the features are made from. */
  readonly sources: readonly string[];
}

export interface ResolvedScoring {
  readonly env: string;
  readonly model: string;
  readonly champion: number;
  /** Version of the features' table. */
  readonly features: Version;
  /** Of champion and rules: what else a score is made from. */
  readonly contentHash: string;
  /** Days whose scores are missing, or were made from other features or by another champion. */
  readonly due: readonly string[];
  /** Days that are looked at; their scores are written back where a document lacks them. */
  readonly days: readonly string[];
}

export interface ScoreDayInput {
  readonly resolved: ResolvedScoring;
  readonly day: string;
  readonly claim: Claim;
}

export interface ScoredDay {
  readonly day: string;
  readonly rows: number;
  readonly alerts: number;
}

export interface WriteBackInput {
  readonly resolved: ResolvedScoring;
  readonly day: string;
}

export interface WrittenBack {
  readonly day: string;
  /** Documents that had another score, or none. */
  readonly changed: number;
  /** Scores without a document. */
  readonly missing: number;
}
