import type { Dataset, Feature, Table } from './dataset.ts';
import type { DataWarning } from './training-data.check.ts';

/** One feature's part in a score. */
export interface Reason {
  readonly feature: string;
  /** In log odds: positive speaks for fraud. */
  readonly contribution: number;
  /** What the row holds; a category's label; null where it is missing. */
  readonly value: number | string | null;
}

export interface Explanation {
  /** Log odds of a row of which nothing is known. `base` plus all contributions is the row's score. */
  readonly base: number;
  /** The largest first. */
  readonly reasons: readonly Reason[];
}

/** What a trainer gives: scores rows and can be written down. */
export interface Model {
  /** Which reader understands the artifact: `lightgbm-text`, `logistic-json`. */
  readonly format: string;
  readonly features: readonly Feature[];
  /** Probability of the positive class per row. @throws bad_input when the table has other columns */
  predict(table: Table): Float64Array;
  /** Why a row scores as it does. */
  explain(table: Table, row: number): Explanation;
  /** The artifact, byte for byte the same for the same model. */
  save(): Uint8Array;
}

export interface Progress {
  /** Steps done, and at most. */
  readonly done: number;
  readonly of: number;
  readonly metric: number | undefined;
}

export interface Trained {
  readonly model: Model;
  /** Validation metric after each step. */
  readonly history: readonly number[];
  readonly warnings: readonly DataWarning[];
}

export interface Training<Params> {
  readonly train: Dataset;
  /** For early stopping; not needed without it. */
  readonly validation?: Dataset;
  readonly params?: Params;
  /** The same seed, data and parameters give the same model, byte for byte. */
  readonly seed: number;
  /** At most; left out: as many as there are cores. Never changes the model. */
  readonly threads?: number;
  readonly signal?: AbortSignal;
  /** Called between steps: to send heartbeats. */
  readonly onProgress?: (progress: Progress) => void;
}

/** Port: makes models. Others (Python LightGBM, MLflow projects) can stand behind it. */
export interface Trainer<Params = unknown> {
  readonly name: string;
  /**
   * @throws bad_input on data or parameters that cannot be used, cancelled when the signal aborts
   */
  train(training: Training<Params>): Promise<Trained>;
}
