import type { WorkflowHandle } from '@temporalio/client';
import { workflowIds } from '../core/workflow-ids.ts';
import { SEARCH_ATTRIBUTES } from '../workflows/search-attributes.ts';
import { runInfo } from './run-list.ts';

/** Work that failed and will be tried again: what a run that does not move waits for. */
export interface Retry {
  /** Datasets, or the activity where it is about none. */
  readonly of: readonly string[];
  /** The one that comes or runs. */
  readonly attempt: number;
  /** What the last one said: what, where, what to do. */
  readonly message: string;
}

/** Children that are looked at. */
const MOST_CHILDREN = 20;

/** Of a run or backfill, its ingests and the convergence it waits for; the same failure of several datasets is one. */
export async function retriesOf({ client, workflowId }: WorkflowHandle): Promise<Retry[]> {
  const own = await client.getHandle(workflowId).describe();
  const { pipeline } = runInfo(own);
  const env = own.typedSearchAttributes.get(SEARCH_ATTRIBUTES.env);
  const children = (own.raw.pendingChildren ?? []).slice(0, MOST_CHILDREN).map((child) => child.workflowId ?? '');
  const converge = env !== undefined && pipeline !== undefined ? [workflowIds.converge(env, pipeline)] : [];
  const found = [own, ...(await Promise.all([...children, ...converge].map((id) => describe(client, id))))];
  const byReason = new Map<string, Retry>();
  for (const description of found) {
    for (const { activityType, attempt, lastFailure } of description?.raw.pendingActivities ?? []) {
      const message = lastFailure?.message;
      if (!message) continue;
      const name = (description && runInfo(description).dataset) ?? activityType?.name ?? '';
      const reason = reasonOf({ message });
      const known = byReason.get(reason);
      const of = [...new Set([...(known?.of ?? []), name])];
      byReason.set(reason, {
        of,
        attempt: Math.max(attempt ?? 1, known?.attempt ?? 1),
        message: known?.message ?? message,
      });
    }
  }
  return [...byReason.values()];
}

/** Undefined: it is over, or has not begun. */
const describe = (client: WorkflowHandle['client'], id: string) =>
  client
    .getHandle(id)
    .describe()
    .then((found) => (found.status.name === 'RUNNING' ? found : undefined))
    .catch(() => undefined);

/** Without the place, which differs from one dataset to the next where a server is down for all of them. */
export const reasonOf = ({ message }: Pick<Retry, 'message'>): string => message.split('\n')[0] ?? '';
