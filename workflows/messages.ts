import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ConvergeRequest } from '../activities/converge.types.ts';
import type { Decision, RetrainingLine } from '../activities/retrain/retrain.types.ts';

export type { RetrainingLine };

export interface Reason {
  readonly dataset: string;
  readonly message: string;
}

/** A row of the progress table. Counts only: no row of data ever gets into Temporal. */
export interface DatasetProgress {
  readonly dataset: string;
  readonly state: string;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly quarantined: number;
  readonly bytes: number;
  readonly millis: number;
}

export interface WorkflowProgress {
  readonly state: string;
  /** Steps done and known of, for a progress bar. */
  readonly done: number;
  readonly total: number;
  readonly datasets: readonly DatasetProgress[];
  readonly failures: readonly Reason[];
  readonly paused: boolean;
}

/** What converge answers to a request. */
export type ConvergeOutcome =
  | {
      readonly id: string;
      readonly kind: 'cut';
      readonly cut: number;
      readonly built: readonly DatasetProgress[];
    }
  | { readonly id: string; readonly kind: 'failed'; readonly reasons: readonly Reason[] };

/** To converge: a run wants a cut. */
export const askSignal = defineSignal<[ConvergeRequest]>('ask');
/** To converge: the run of this request id was cancelled. */
export const withdrawSignal = defineSignal<[string]>('withdraw');
/** To the run or backfill: its cut, or why there is none. */
export const convergedSignal = defineSignal<[ConvergeOutcome]>('converged');

/** To a backfill: start no further ingest; those that run end. */
export const pauseSignal = defineSignal('pause');
export const resumeSignal = defineSignal('resume');
/** To a backfill while it ingests: those that failed are tried again; says how many. Refused after its ingests. */
export const retryFailedUpdate = defineUpdate<number>('retryFailed');

/** Of a run, backfill and converge. */
export const progressQuery = defineQuery<WorkflowProgress>('progress');

/** To a retraining that waits for a person. */
export const decideUpdate = defineUpdate<void, [Decision]>('decide');
/** Of a retraining: does it wait for a person? */
export const decisionWantedQuery = defineQuery<boolean>('decisionWanted');
/** Of a retraining: what it has found so far. */
export const retrainingQuery = defineQuery<RetrainingState>('retraining');

export interface RetrainingState {
  readonly state: string;
  readonly lines: readonly RetrainingLine[];
}
