import { CancellationScope, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { BuildTask } from '../activities/converge.types.ts';
import { buildActivities, control, summary } from './activity-proxies.ts';
import { rootFailure } from './failures.ts';
import type { Progress } from './progress.ts';

/** @returns why it failed for good; undefined when it was built, or must be planned again. */
export async function buildTask(env: string, task: BuildTask, progress: Progress): Promise<string | undefined> {
  const { dataset } = task;
  progress.set(dataset, 'building');
  try {
    const claim = await control.claimBuild({ task, run: workflowInfo().workflowId });
    const build = buildActivities(env).build;
    try {
      const options = summary('build', `${dataset}: ${task.why}`);
      const report = await build.executeWithOptions(options, [{ task, claim }]);
      progress.add(dataset, 'built', report);
      return undefined;
    } catch (error) {
      // A worker that hangs does not hear of the cancellation; after this commit it cannot write any more.
      if (isCancellation(error)) await CancellationScope.nonCancellable(() => control.cancelClaim({ claim }));
      throw error;
    }
  } catch (error) {
    if (isCancellation(error)) throw error;
    const { type, message } = rootFailure(error);
    if (type === 'fenced') {
      progress.set(dataset, 'planned again');
      return undefined;
    }
    progress.set(dataset, 'failed');
    return message;
  }
}
