/** One of the two ways to do a night. */
export interface Side {
  readonly name: 'strata' | 'plain';
  /** Loads one day (1 is the launch) into `folder`, which holds lake and warehouse of the days before. */
  load(folder: string, day: number): Promise<Night>;
}

export interface Night {
  readonly seconds: number;
  readonly peakMiB: number | undefined;
  readonly cpuSeconds: number | undefined;
  /** Seconds of its steps, which may overlap. */
  readonly steps: readonly { readonly step: string; readonly begin: number; readonly seconds: number }[];
}

export interface Limits {
  /** DuckDB's words; of one session. Undefined: the default. */
  readonly memory: string | undefined;
  /** Settings of the worker that are tried out: `STRATA_BUILDS=1`. */
  readonly worker: readonly string[];
}

export const WAREHOUSE = 'warehouse/analytics.duckdb';

/** The night that is measured. */
export const PIPELINE = 'daily_oltp_to_olap';
