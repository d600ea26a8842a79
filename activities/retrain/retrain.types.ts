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
  /** What the retraining takes for a reason to train, for people: `features: amount`, `performance: recall 0.2 ...`. */
  readonly reasons: readonly string[];
  /** Features looked at. */
  readonly features: number;
  /** Features of which neither can be said: too few rows for how much they may have moved. */
  readonly undecided: number;
  /** What is wrong with features' data -> number of features: `current_all_missing`, `constant`, ... */
  readonly states: Readonly<Record<string, number>>;
  /** Why nothing can be said: a side without rows, or too few; a champion whose column is gone; null: something can. */
  readonly problem: string | null;
  readonly reference: string;
  readonly rows: { readonly reference: number; readonly current: number };
  /** HTML page. */
  readonly report: FileRef;
  /** The same as JSON. */
  readonly figures: FileRef;
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

/** Why the data does not allow it. */
export interface Problem {
  readonly problem: string;
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
  /** Above 1: nothing is an alert. */
  readonly threshold: number;
  /** Why no threshold does what was asked for; undefined: one does. */
  readonly unreachable: string | undefined;
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

export interface DecidedInput extends Step {
  readonly challenger: Challenger;
  readonly comparison: Comparison;
  readonly decision: Decision;
}

/** Who is champion after a move: not who was meant to be, when somebody else was faster. */
export interface Moved {
  readonly champion: number | null;
}

export interface WatchInput extends Step {
  readonly champion: number;
  readonly former: number;
  /** From 1. */
  readonly round: number;
}

export interface Watched {
  /** `too_early`: not enough labels came since the comparison, or one of the two lost a column. `superseded`: somebody made another version champion. */
  readonly says: 'fine' | 'worse' | 'too_early' | 'superseded';
  readonly finding: string;
  /** Who is champion now. */
  readonly holder: number | null;
  /** File of the lake with the figures. */
  readonly evidence: string | undefined;
}

export interface RollbackInput extends Step {
  readonly from: number;
  readonly to: number;
  readonly why: string;
}

/** How a retraining ends. `unproven`: promoted, and too few labels came to say whether that was right. */
export type Ending =
  | 'no_drift'
  | 'cannot_tell'
  | 'too_little_data'
  | 'refused'
  | 'promoted'
  | 'unproven'
  | 'rolled_back'
  | 'superseded'
  | 'failed'
  | 'cancelled';

/** A line of its log. */
export interface RetrainingLine {
  readonly step: string;
  readonly result: string;
  /** File of the lake with the evidence. */
  readonly evidence: string | undefined;
}

export interface EndInput extends Step {
  readonly ending: Ending;
  readonly lines: readonly RetrainingLine[];
}

export type NoticeEvent = Exclude<Ending, 'no_drift' | 'cancelled'> | 'drift' | 'approval_wanted';

export interface Notice extends Step {
  readonly event: NoticeEvent;
  readonly text: string;
}
