import type { Instant } from '../../core/instant.ts';
import type { Interval } from '../../core/interval.ts';
import type { Version } from '../../core/ledger.ts';
import type { Monitoring, RetrainingPolicy } from '../../core/retraining.ts';

export interface ResolveRetrainingInput {
  readonly input: unknown;
  /** When the schedule meant to start it. */
  readonly nominal: string | undefined;
}

/** All that a retraining goes by from its first step to its last: decided once. */
export interface ResolvedRetraining {
  readonly env: string;
  readonly model: string;
  /** The day it is asked for: nothing recorded from here on is looked at. */
  readonly asOf: Instant;
  readonly windows: Readonly<Record<'train' | 'validation' | 'test' | 'current', Interval>>;
  /** Versions of the tables, so that every step and every attempt reads the same rows. */
  readonly pins: Readonly<Record<'features' | 'labels', Version>>;
  /** Number of parameter sets to try. */
  readonly trials: number;
  readonly policy: RetrainingPolicy;
  readonly monitoring: Monitoring;
  /** Version of the model in use; null: there is none yet. */
  readonly champion: number | null;
  /** Train whether there is drift or not. */
  readonly force: boolean;
  /** Is there a webhook to tell? */
  readonly notifies: boolean;
  /** Folder of the evidence, below the lake. */
  readonly evidence: string;
}

export interface Step {
  readonly resolved: ResolvedRetraining;
}

export interface DriftSummary {
  /** Features that drifted. */
  readonly drifted: readonly string[];
  /** Features looked at. */
  readonly features: number;
  readonly reference: string;
  readonly rows: { readonly reference: number; readonly current: number };
  /** HTML page. */
  readonly report: FileRef;
}

/** An immutable file of the lake. */
export interface FileRef {
  readonly path: string;
  readonly sha256: string;
}

export interface SetRef extends FileRef {
  readonly rows: number;
  readonly positives: number;
}

export type Sets = Readonly<Record<'train' | 'validation' | 'test', SetRef>>;

export interface TrialInput extends Step {
  readonly sets: Sets;
  /** Place in the retraining's `search`. */
  readonly trial: number;
}

export interface Trial {
  readonly trial: number;
  readonly artifact: FileRef;
  /** Average precision on the validation set. */
  readonly averagePrecision: number;
  readonly millis: number;
  readonly warnings: readonly string[];
}

export interface ChallengerInput extends Step {
  readonly sets: Sets;
  readonly best: Trial;
  readonly trials: readonly Trial[];
  readonly drift: DriftSummary;
}

export interface Challenger {
  readonly version: number;
  /** On the test set. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Above 1: no score reaches the wanted precision, nothing is an alert. */
  readonly threshold: number;
}

export interface CompareInput extends Step {
  readonly sets: Sets;
  readonly challenger: Challenger;
}

export interface Comparison {
  /** Every gate of the policy is passed. */
  readonly passes: boolean;
  /** What was looked at and how it came out, for people. */
  readonly findings: readonly string[];
}

export interface Decision {
  readonly approve: boolean;
  readonly who: string;
  readonly why: string;
}

export interface PromoteInput extends Step {
  readonly challenger: Challenger;
  readonly decision: Decision;
}

export interface WatchInput extends Step {
  readonly champion: number;
  readonly former: number;
}

export interface Watched {
  /** `too_early`: not enough labels came since the promotion. */
  readonly says: 'fine' | 'worse' | 'too_early';
  readonly finding: string;
}

export interface RollbackInput extends Step {
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

export interface Notice extends Step {
  readonly event: 'drift' | 'approval_wanted' | 'promoted' | 'refused' | 'rolled_back' | 'failed';
  readonly text: string;
}
