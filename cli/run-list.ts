import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { Project } from '../core/project.ts';
import { queueName } from '../core/queue-names.ts';
import { SEARCH_ATTRIBUTES } from '../workflows/search-attributes.ts';

/** Workflow types that are not a pipeline's. */
const KINDS = ['backfill', 'publish', 'ingest', 'converge', 'drift_and_retrain', 'hourly_fraud_detection'] as const;

/** A workflow as `strata runs` shows it. */
export interface RunInfo {
  readonly workflowId: string;
  readonly runId: string;
  readonly kind: 'run' | (typeof KINDS)[number];
  readonly pipeline: string | undefined;
  readonly dataset: string | undefined;
  /** Temporal's: running, completed, failed, cancelled, terminated, timed_out. */
  readonly status: string;
  /** The phase it is in, or was in at its end. */
  readonly state: string | undefined;
  readonly from: string | undefined;
  /** The first moment that no longer belongs to the range. */
  readonly to: string | undefined;
  readonly startedAt: string;
  readonly millis: number;
}

export const STATUSES = ['running', 'completed', 'failed', 'cancelled', 'terminated', 'timed_out'] as const;
export type RunStatus = (typeof STATUSES)[number];

const TEMPORAL_STATUS: Record<RunStatus, string> = {
  running: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Canceled',
  terminated: 'Terminated',
  timed_out: 'TimedOut',
};

export interface RunFilter {
  readonly kinds: readonly RunInfo['kind'][];
  readonly pipeline?: string | undefined;
  readonly status?: RunStatus | undefined;
  readonly limit: number;
  /** Only those that are over. */
  readonly closed?: boolean;
}

/** Newest first. The server's list lags a second or so behind. */
export async function listRuns(client: Client, project: Project, env: string, filter: RunFilter): Promise<RunInfo[]> {
  const query = visibilityQuery(project, env, filter);
  const found: RunInfo[] = [];
  for await (const info of client.workflow.list({ query, pageSize: Math.min(filter.limit, 100) })) {
    found.push(runInfo(info));
    if (found.length === filter.limit) break;
  }
  return found;
}

function visibilityQuery({ pipelines }: Project, env: string, { kinds, pipeline, status, closed }: RunFilter): string {
  const types = kinds.flatMap((kind) => (kind === 'run' ? pipelines.map((p) => p.name) : [kind]));
  return [
    `WorkflowType IN (${types.map(quote).join(', ')})`,
    // Not our own attribute: a run whose input was refused never got that far.
    `TaskQueue = ${quote(queueName(env, 'control'))}`,
    ...(pipeline === undefined ? [] : [`(WorkflowType = ${quote(pipeline)} OR StrataPipeline = ${quote(pipeline)})`]),
    ...(status === undefined ? [] : [`ExecutionStatus = ${quote(TEMPORAL_STATUS[status])}`]),
    ...(closed ? ["ExecutionStatus != 'Running'"] : []),
  ].join(' AND ');
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

type Described = Pick<
  WorkflowExecutionInfo,
  'type' | 'workflowId' | 'runId' | 'status' | 'startTime' | 'typedSearchAttributes'
> & {
  readonly closeTime?: Date | undefined;
};

export function runInfo(info: Described): RunInfo {
  const attributes = info.typedSearchAttributes;
  const kind = KINDS.find((each) => each === info.type) ?? 'run';
  return {
    workflowId: info.workflowId,
    runId: info.runId,
    kind,
    pipeline: kind === 'run' ? info.type : attributes.get(SEARCH_ATTRIBUTES.pipeline),
    dataset: attributes.get(SEARCH_ATTRIBUTES.dataset),
    status: info.status.name.toLowerCase(),
    state: attributes.get(SEARCH_ATTRIBUTES.state),
    from: attributes.get(SEARCH_ATTRIBUTES.from),
    to: attributes.get(SEARCH_ATTRIBUTES.to),
    startedAt: info.startTime.toISOString(),
    millis: (info.closeTime ?? new Date()).getTime() - info.startTime.getTime(),
  };
}
