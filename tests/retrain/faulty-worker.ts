import { Context } from '@temporalio/activity';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { createControlActivities } from '../../activities/control.activities.ts';
import { activityBoundary } from '../../activities/failures.ts';
import type { Platform } from '../../activities/platform.ts';
import { createRetrainActivities, createTrainingActivities } from '../../activities/retrain/retrain.activities.ts';
import type { Settings } from '../../config/settings.ts';
import { StrataError } from '../../core/errors.ts';
import { queueName } from '../../core/queue-names.ts';
import { composePlatform, type ServedProject } from '../../workers/compose.ts';
import { connectWorker } from '../../workers/temporal-connection.ts';

/** What happens instead of, or after, an activity. */
export type Act = (work: () => Promise<unknown>, platform: Platform) => Promise<unknown>;

export const FAULTS = {
  /** Fails for good before anything was done. */
  fails: () => Promise.reject(new StrataError('corrupt', 'broken on purpose')),
  /** Does its work, and is killed before it can say so. */
  dies: async (work) => {
    await work();
    process.kill(process.pid, 'SIGKILL');
    await new Promise(() => undefined);
  },
  /** Runs until it is cancelled. */
  hangs: () => Context.current().cancelled,
} satisfies Record<string, Act>;

export interface Running {
  readonly platform: Platform;
  stop(): Promise<void>;
}

/** The activities of a retraining, one of them replaced; the workflows are served by `serveWorkflows`. */
export async function serveActivities(
  settings: Settings,
  served: ServedProject,
  fault?: { readonly activity: string; readonly act: Act },
): Promise<Running> {
  const connection = await connectWorker(settings);
  const platform = await composePlatform(settings, served, connection);
  const common = { connection, namespace: settings.temporal.namespace, shutdownForceTime: '5 seconds' };
  const queues = {
    control: createControlActivities(platform),
    ml: createRetrainActivities(platform),
    training: createTrainingActivities(platform),
  };
  const workers: Worker[] = [];
  for (const [queue, activities] of Object.entries(queues) as [keyof typeof queues, Record<string, Activity>][]) {
    const work = fault && activities[fault.activity];
    const faulty = work && { [fault.activity]: (input: never) => fault.act(() => work(input), platform) };
    workers.push(
      await Worker.create({
        ...common,
        taskQueue: queueName(settings.env, queue),
        activities: { ...activities, ...faulty },
        interceptors: { activity: [activityBoundary] },
        maxConcurrentActivityTaskExecutions: queue === 'control' ? 10 : 1,
        // Else a cancelled activity hears of it half a minute later.
        maxHeartbeatThrottleInterval: '1 second',
      }),
    );
  }
  return { platform, stop: stopper(workers, () => connection.close()) };
}

type Activity = (input: never) => Promise<unknown>;

/** Served apart, so that whoever dies with an activity does not take them along. */
export async function serveWorkflows(
  settings: Settings,
  workflowBundle: WorkflowBundleOption,
): Promise<Running['stop']> {
  const connection = await connectWorker(settings);
  const worker = await Worker.create({
    connection,
    namespace: settings.temporal.namespace,
    taskQueue: queueName(settings.env, 'control'),
    workflowBundle,
  });
  return stopper([worker], () => connection.close());
}

function stopper(workers: readonly Worker[], close: () => Promise<void>): () => Promise<void> {
  const ended = Promise.all(workers.map((worker) => worker.run())).catch(() => undefined);
  const stop = async () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    await ended;
    await close();
  };
  let stopped: Promise<void> | undefined;
  return () => {
    stopped ??= stop();
    return stopped;
  };
}
