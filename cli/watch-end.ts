import type { WorkflowHandle } from '@temporalio/client';
import type { BackfillSummary } from '../workflows/backfill.workflow.ts';
import type { PublicationSummary } from '../workflows/publish.workflow.ts';
import type { RunSummary } from '../workflows/run.workflow.ts';
import type { Context } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { printSummary } from './summary.ts';
import { watchWorkflow } from './watch-workflow.ts';

/** Follows a run, backfill or publication to its end and prints what it did; or, unwatched, says where it is. */
export async function reportEnd({ out }: Context, handle: WorkflowHandle, watch: boolean): Promise<number> {
  const { workflowId } = handle;
  const started = 'firstExecutionRunId' in handle ? (handle.firstExecutionRunId as string) : undefined;
  if (!watch) {
    out.data({ workflowId, runId: started, status: 'running' }, () => `started ${workflowId}`);
    return EXIT.ok;
  }
  const end = await watchWorkflow<RunSummary | BackfillSummary | PublicationSummary>(handle, out);
  switch (end.kind) {
    case 'completed':
      out.data({ workflowId, status: 'completed', ...end.result }, () => printSummary(end.result));
      return EXIT.ok;
    case 'detached':
      out.note(`${workflowId} goes on; to stop it: npx strata runs cancel '${workflowId}'`);
      if (out.json) out.data({ workflowId, status: 'running' }, () => '');
      return EXIT.interrupted;
    default:
      if (out.json) out.data({ workflowId, status: end.kind, message: end.message }, () => '');
      out.note(`${workflowId} ${end.kind}: ${end.message}`);
      return EXIT.failed;
  }
}
