import { CancellationScope, type ChildWorkflowHandle, type Workflow } from '@temporalio/workflow';

/**
 * The result of a child, which is told of a cancellation only once it has started: one that overtakes the start finds no
 * workflow on the server and is lost, and the child, and whoever waits for it, would go on for ever.
 * @param start starts the child
 */
export async function resultOfStarted<W extends Workflow>(
  start: () => Promise<ChildWorkflowHandle<W>>,
): ReturnType<ChildWorkflowHandle<W>['result']> {
  const asked = CancellationScope.current();
  if (asked.consideredCancelled) await asked.cancelRequested;
  return CancellationScope.nonCancellable(async () => {
    const own = new CancellationScope();
    const child = await own.run(start);
    asked.cancelRequested.catch(() => own.cancel());
    return child.result();
  });
}
