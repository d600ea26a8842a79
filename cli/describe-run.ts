import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import type { WorkflowProgress } from '../workflows/messages.ts';
import type { RunSummary } from '../workflows/run.workflow.ts';
import { duration } from './human.ts';
import { type Retry, retriesOf } from './retries.ts';
import { printRetry } from './retries-view.ts';
import { type RunInfo, runInfo } from './run-list.ts';
import { printSummary } from './summary.ts';
import { failureOf } from './watch-workflow.ts';

export interface RunDescription extends RunInfo {
  /** Where it stands; undefined where no worker answers. */
  readonly progress: WorkflowProgress | undefined;
  readonly result: RunSummary | undefined;
  readonly failure: string | undefined;
  /** What failed and is tried again, of a run that is not over. */
  readonly retries: readonly Retry[];
}

/** Everything about one run. @throws WorkflowNotFoundError */
export async function describeRun(client: Client, id: string): Promise<{ value: RunDescription; text: string }> {
  const handle = client.workflow.getHandle(id);
  const info = await handle.describe();
  const { result, failure } =
    info.status.name === 'RUNNING' ? { result: undefined, failure: undefined } : await endOf(handle);
  const progress = await progressOf(handle, info);
  const retries = info.status.name === 'RUNNING' ? await retriesOf(handle) : [];
  const value: RunDescription = { ...runInfo(info), progress, result, failure, retries };
  return { value, text: print(value) };
}

async function endOf(handle: WorkflowHandle): Promise<{ result: RunSummary | undefined; failure: string | undefined }> {
  try {
    return { result: (await handle.result()) as RunSummary, failure: undefined };
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { result: undefined, failure: failureOf(error.cause).message };
  }
}

async function progressOf(
  handle: WorkflowHandle,
  { status }: WorkflowExecutionDescription,
): Promise<WorkflowProgress | undefined> {
  if (status.name === 'COMPLETED') return undefined;
  return handle.query<WorkflowProgress>('progress').catch(() => undefined);
}

function print(description: RunDescription): string {
  const { workflowId, status, state, startedAt, millis, progress, result, failure, retries } = description;
  const head = [
    `${workflowId}`,
    `${status}${state ? `, ${state}` : ''}; started ${startedAt}, took ${duration(millis)}`,
  ];
  if (failure !== undefined) head.push(`failed: ${failure}`);
  head.push(...retries.map(printRetry));
  if (result?.datasets) return [...head, '', printSummary(result)].join('\n');
  if (!progress) return head.join('\n');
  const { done, total, datasets } = progress;
  const steps = `${done} of ${total} steps${progress.paused ? ', paused' : ''}`;
  const lines = datasets.map(
    (d) => `  ${d.dataset}: ${d.state}, ${d.rowsIn} rows in, ${d.rowsOut} out, ${d.quarantined} quarantined`,
  );
  return [...head, steps, ...lines].join('\n');
}
