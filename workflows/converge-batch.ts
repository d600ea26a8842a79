import { sleep } from '@temporalio/workflow';
import type { BuildTask, ConvergeRequest, FrozenBatch } from '../activities/converge.types.ts';
import { control } from './activity-proxies.ts';
import { buildTask } from './build-task.ts';
import type { Reason } from './messages.ts';
import { inParallel } from './parallel.ts';
import type { Progress } from './progress.ts';

export type BatchOutcome =
  /** Requests not released wait for the next batch. */
  | { readonly kind: 'built'; readonly cut: number | undefined; readonly released: readonly string[] }
  /** Some datasets could not be built: no cut can hold what was asked for. */
  | { readonly kind: 'failed'; readonly reasons: readonly Reason[] }
  | { readonly kind: 'cancelled'; readonly error: unknown };

/** A task planned this often in one batch makes no progress: better a message than a workflow that turns for ever. */
const MOST_PLANS = 6;
/** While old and new workers run side by side, a batch waits for the ones that have its definitions. */
const OTHER_CODE_WAIT = '5 seconds';
const MOST_OTHER_CODE = 60;

/** Freezes bronze, builds everything downstream of it that is stale, makes a cut. */
export async function runBatch(
  env: string,
  pipeline: string,
  asked: readonly ConvergeRequest[],
  progress: Progress,
): Promise<BatchOutcome> {
  const reprocess = asked.find((r) => r.reprocess)?.reprocess;
  for (let tries = 1; tries <= MOST_OTHER_CODE; tries += 1) {
    progress.enter('planning');
    const frozen = await control.freezeBatch({ pipeline, reprocess });
    const built = await buildAll(env, pipeline, frozen, progress);
    if (built.kind === 'built') return finish(pipeline, frozen, asked, built, progress);
    await sleep(OTHER_CODE_WAIT);
  }
  const message = 'Workers with different definitions took turns for too long; deploy the same code to all of them';
  return { kind: 'failed', reasons: [{ dataset: pipeline, message }] };
}

type Built = { kind: 'built'; tasks: number; failed: ReadonlyMap<string, string> } | { kind: 'changed' };

async function buildAll(
  env: string,
  pipeline: string,
  { batch, parallel }: FrozenBatch,
  progress: Progress,
): Promise<Built> {
  const failed = new Map<string, string>();
  const plans = new Map<string, number>();
  let tasks = 0;
  for (;;) {
    const plan = await control.planTasks({ pipeline, batch, failed: [...failed.keys()] });
    if (plan.kind === 'changed') return plan;
    if (plan.tasks.length === 0) return { kind: 'built', tasks, failed };
    const due = plan.tasks.filter((task) => !turnsInCircles(task, plans, failed));
    progress.enter('building');
    progress.expect(due.length);
    await inParallel(due, parallel, async (task) => {
      const failure = await buildTask(env, task, progress);
      if (failure !== undefined) failed.set(task.dataset, failure);
      progress.step();
    });
    tasks += due.length;
  }
}

function turnsInCircles(task: BuildTask, plans: Map<string, number>, failed: Map<string, string>): boolean {
  const name = JSON.stringify([task.dataset, task.kind, task.partitions, task.inputPartitions, task.plan]);
  const times = (plans.get(name) ?? 0) + 1;
  plans.set(name, times);
  if (times <= MOST_PLANS) return false;
  failed.set(task.dataset, `Planned ${times} times without becoming fresh (${task.why}); see the builds of this batch`);
  return true;
}

async function finish(
  pipeline: string,
  { batch }: FrozenBatch,
  asked: readonly ConvergeRequest[],
  { tasks, failed }: { tasks: number; failed: ReadonlyMap<string, string> },
  progress: Progress,
): Promise<BatchOutcome> {
  if (failed.size > 0) {
    const reasons = [...failed].map(([dataset, message]) => ({ dataset, message }));
    progress.fail(reasons);
    return { kind: 'failed', reasons };
  }
  progress.enter('cutting');
  const requests = asked.map(({ id, required }) => ({ id, required }));
  const { cut, released, reasons } = await control.makeCut({ pipeline, requests });
  // Nothing was built and nothing is left for the next batch: another one would end like this one.
  const stuck = tasks === 0 && batch.left === 0 && released.length < requests.length;
  if (!stuck) return { kind: 'built', cut, released };
  const why = reasons.length > 0 ? reasons.join('; ') : 'the bronze asked for is not in it';
  return {
    kind: 'failed',
    reasons: [{ dataset: pipeline, message: `Nothing is left to build, and yet no cut: ${why}` }],
  };
}
