import { workflowInfo } from '@temporalio/workflow';
import { type RunSummary, run } from './run.workflow.ts';

export { backfill } from './backfill.workflow.ts';
export { converge } from './converge.workflow.ts';
export { ingest } from './ingest.workflow.ts';
export { publish } from './publish.workflow.ts';
export { retrain as drift_and_retrain } from './retrain.workflow.ts';
export { score as hourly_fraud_detection } from './score.workflow.ts';

/** Every other workflow type is the name of a pipeline; an unknown one fails at once and says which exist. */
export default async function pipelineRun(input: unknown): Promise<RunSummary> {
  return run(workflowInfo().workflowType, input);
}
