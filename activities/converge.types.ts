import type { Batch } from '../core/batch.ts';
import type { Interval } from '../core/interval.ts';
import type { Claim, Version } from '../core/ledger.ts';
import type { Task } from '../core/plan.ts';
import type { Reprocess } from '../core/staleness.ts';
import type { PublishedCut } from '../warehouse/warehouse.ts';
import type { IngestResult } from './run.types.ts';

/** Bronze that must be in the cut: source dataset -> partition -> version of its content. */
export type RequiredBronze = Readonly<Record<string, IngestResult['partitions']>>;

/** What is done again beyond what is stale, and in which range. */
export interface ReprocessWanted {
  readonly mode: Reprocess;
  readonly range: Interval;
}

/** A run or backfill asks converge for a cut that holds what it ingested. Asking twice is asking once. */
export interface ConvergeRequest {
  readonly id: string;
  /** Who is told. */
  readonly workflowId: string;
  readonly required: RequiredBronze;
  readonly reprocess: ReprocessWanted | undefined;
}

/** What converge is started with. */
export interface ConvergeInput {
  readonly env: string;
  readonly pipeline: string;
  /** Carried over when the history grows long. */
  readonly waiting?: readonly ConvergeRequest[];
}

export interface FreezeInput {
  readonly pipeline: string;
  readonly reprocess: ReprocessWanted | undefined;
}

export interface FrozenBatch {
  readonly batch: Batch;
  /** Builds that may run at once. */
  readonly parallel: number;
}

/** A planned task with its reasons as one line for people: `2 partitions: silver.payment moved`. */
export type BuildTask = Omit<Task, 'why'> & {
  readonly why: string;
  /** The input partitions are too many to be handed around and lie in the lake under this hash: see lake/plans.ts. */
  readonly plan?: string;
};

export interface PlanInput {
  readonly pipeline: string;
  readonly batch: Batch;
  /** Datasets that failed in this batch: they and what is downstream of them are left out. */
  readonly failed: readonly string[];
}

/** `changed`: this worker has other definitions than the batch was frozen with, or another convergence overtook the batch. */
export type BuildPlan = { readonly kind: 'tasks'; readonly tasks: readonly BuildTask[] } | { readonly kind: 'changed' };

export interface ClaimInput {
  readonly task: BuildTask;
  /** Id of the workflow, for people. */
  readonly run: string;
}

export interface BuildInput {
  readonly task: BuildTask;
  readonly claim: Claim;
}

export interface BuildReport {
  readonly dataset: string;
  readonly version: Version;
  /** Written or confirmed. */
  readonly partitions: number;
  /** Confirmed: their content is what it was. */
  readonly unchanged: number;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly quarantined: number;
  readonly bytes: number;
  readonly millis: number;
}

export interface CutInput {
  readonly pipeline: string;
  readonly requests: readonly Pick<ConvergeRequest, 'id' | 'required'>[];
}

export interface CutResult {
  /** Undefined: the tables do not fit together (yet). */
  readonly cut: number | undefined;
  /** Ids of the requests whose bronze is in it. */
  readonly released: readonly string[];
  /** Why there is no cut: a few of the tables that do not fit. */
  readonly reasons: readonly string[];
}

export interface AskInput {
  readonly env: string;
  readonly pipeline: string;
  readonly request: ConvergeRequest;
}

export interface PublishInput {
  readonly pipeline: string;
  readonly to: string;
  readonly cut: number;
  /** Where a person asks, for a cut that may be an earlier one: what the warehouse held then. Undefined: forward only. */
  readonly from?: PublishedCut | null;
}

export interface PublishResult {
  /** Number of the cut that the warehouse now holds; newer than asked where another run was faster. */
  readonly cut: number;
  readonly tables: number;
  readonly rows: number;
  readonly millis: number;
  /** What people should know although nothing failed. */
  readonly note?: string;
}
