import type { Client } from '@temporalio/client';
import { queueName } from '../core/queue-names.ts';
import type { RetrainingState } from '../workflows/messages.ts';
import type { RetrainingSummary } from '../workflows/retrain.workflow.ts';
import { SEARCH_ATTRIBUTES } from '../workflows/search-attributes.ts';
import { duration } from './human.ts';
import { textTable } from './text-table.ts';

export interface RetrainingInfo {
  readonly workflowId: string;
  readonly status: string;
  readonly state: string | undefined;
  readonly startedAt: string;
  readonly millis: number;
}

const MOST = 50;

export async function listRetrainings(client: Client, env: string): Promise<RetrainingInfo[]> {
  const query = `WorkflowType = 'drift_and_retrain' AND TaskQueue = '${queueName(env, 'control')}'`;
  const found: RetrainingInfo[] = [];
  for await (const info of client.workflow.list({ query, pageSize: MOST })) {
    const { workflowId, status, startTime, closeTime, typedSearchAttributes } = info;
    found.push({
      workflowId,
      status: status.name.toLowerCase(),
      state: typedSearchAttributes.get(SEARCH_ATTRIBUTES.state),
      startedAt: startTime.toISOString(),
      millis: (closeTime ?? new Date()).getTime() - startTime.getTime(),
    });
    if (found.length === MOST) break;
  }
  return found;
}

export function printRetrainings(found: readonly RetrainingInfo[]): string {
  if (found.length === 0) return 'no retrainings';
  return textTable(
    ['workflow id', 'status', 'state', 'started (UTC)', 'took'],
    found.map((r) => [r.workflowId, r.status, r.state, r.startedAt.slice(0, 19).replace('T', ' '), duration(r.millis)]),
  );
}

/** @throws WorkflowNotFoundError */
export async function describeRetraining(
  client: Client,
  id: string,
): Promise<{ value: RetrainingState & { result: RetrainingSummary | null }; text: string }> {
  const handle = client.workflow.getHandle(id);
  const { status } = await handle.describe();
  const state = await handle.query<RetrainingState>('retraining');
  const result = status.name === 'COMPLETED' ? ((await handle.result()) as RetrainingSummary) : null;
  return { value: { ...state, result }, text: printState(id, state) };
}

export function printState(id: string, { state, lines }: RetrainingState): string {
  const table = textTable(
    ['step', 'result', 'evidence'],
    lines.map(({ step, result, evidence }) => [step, result, evidence]),
  );
  return [`${id}: ${state}`, ...(lines.length > 0 ? [table] : [])].join('\n');
}
