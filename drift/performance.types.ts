/** Rows that a model scored. */
export interface ScoredRows {
  /** What SQL puts behind FROM. */
  readonly relation: string;
  /** Column with the model's score, 0 to 1. */
  readonly score: string;
  /** Boolean column: the truth. NULL, or not yet to be trusted: leave it out through `matured`. */
  readonly label: string;
  /** Boolean column: had the label time to come? Without it every row with a label counts. */
  readonly matured?: string;
  /** Column that cuts the rows into periods, as text in the order of time; without it all are one. */
  readonly period?: string;
}

/** `no_labels`: nothing matured. `one_class`: nothing to rank; ranking measures are left out. */
export type PerformanceState = 'ok' | 'no_labels' | 'one_class';

export interface Performance {
  readonly period: string;
  readonly state: PerformanceState;
  readonly rows: number;
  readonly positives: number;
  readonly averagePrecision?: number;
  readonly rocAuc?: number;
  /** At the threshold; left out where nothing was flagged. */
  readonly precision?: number;
  readonly recall?: number;
}

export type Metric = 'averagePrecision' | 'rocAuc' | 'precision' | 'recall';
export const METRICS: readonly Metric[] = ['averagePrecision', 'rocAuc', 'precision', 'recall'];

export interface Band {
  readonly low: number;
  readonly high: number;
}

export interface EstimatedPerformance {
  readonly period: string;
  readonly rows: number;
  readonly expectedPositives: number;
  readonly estimated: Readonly<Partial<Record<Metric, number>>>;
  /** Metrics outside their band. */
  readonly alerts: readonly Metric[];
}

export interface PerformanceEstimate {
  /** Mean and three deviations of the reference's chunks. */
  readonly bands: Readonly<Partial<Record<Metric, Band>>>;
  readonly periods: readonly EstimatedPerformance[];
}
