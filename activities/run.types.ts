import type { Interval } from '../core/interval.ts';
import type { Version } from '../core/ledger.ts';
import type { Reprocess } from '../core/staleness.ts';
import type { PlannedIngest } from './ingest-plan.ts';

export interface ResolveRunInput {
  readonly pipeline: string;
  /** As a person, a schedule or a program wrote it; checked here. */
  readonly input: unknown;
  /** When a schedule meant to fire, as an instant; undefined where no schedule fired. */
  readonly nominal: string | undefined;
}

/** A run whose input has been checked. */
export interface ResolvedRun {
  readonly env: string;
  readonly pipeline: string;
  readonly interval: Interval;
  /** `[2026-11-20, 2026-11-21)` */
  readonly printed: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Source datasets that the pipeline owns and so must ingest. */
  readonly sources: readonly string[];
  /** Name of the warehouse. */
  readonly publishTo: string | undefined;
  /** Models whose drift is looked for afterwards. Absent in histories of before there were any. */
  readonly retrains?: readonly string[];
}

export interface ResolveBackfillInput {
  readonly input: unknown;
}

export interface ResolvedBackfill extends ResolvedRun {
  readonly reprocess: Reprocess;
  /** Ingests at once. */
  readonly maxActive: number;
  readonly newestFirst: boolean;
}

export interface ResolvePublicationInput {
  readonly input: unknown;
}

/** A cut that a person wants in the warehouse. */
export interface ResolvedPublication {
  readonly env: string;
  readonly pipeline: string;
  readonly publishTo: string;
  readonly cut: number;
}

export interface IngestInput {
  readonly env: string;
  readonly dataset: string;
  readonly interval: Interval;
  /** Backfills extract on a queue of their own, so that a nightly finds free slots. */
  readonly queue: 'extract' | 'backfill-extract';
}

/** What an ingest left in bronze. */
export interface IngestResult {
  readonly dataset: string;
  /** Of the table, with this ingest in it. */
  readonly version: Version;
  /** Bronze partition -> version of its content, for those written and those found in the range; `all`: too many to list. */
  readonly partitions: Readonly<Record<string, Version>> | 'all';
  /** Columns of the source that nobody declares; the first of them. Absent: none. */
  readonly undeclared?: readonly string[];
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly bytes: number;
  readonly millis: number;
}

export interface PlanIngestsInput {
  readonly pipeline: string;
  readonly interval: Interval;
  readonly reprocess: Reprocess;
  readonly newestFirst: boolean;
  /** Where the previous page ended. */
  readonly after: number;
}

/** A page of a backfill's ingests, small enough for one result. */
export interface IngestPage {
  readonly ingests: readonly PlannedIngest[];
  /** Intervals of this page's sources that need not be looked at. */
  readonly skipped: number;
  /** Intervals of all sources, due or not. */
  readonly total: number;
  /** Undefined after the last page. */
  readonly next: number | undefined;
}
