import { type NativeConnection, Runtime, Worker, type WorkerOptions } from '@temporalio/worker';
import { createBuildActivities } from '../activities/build.activities.ts';
import { createControlActivities } from '../activities/control.activities.ts';
import { activityBoundary } from '../activities/failures.ts';
import { createIngestActivities } from '../activities/ingest.activities.ts';
import type { Platform } from '../activities/platform.ts';
import { createPublishActivities } from '../activities/publish.activities.ts';
import { createRetrainActivities, createTrainingActivities } from '../activities/retrain/retrain.activities.ts';
import { createScoreActivities } from '../activities/score/score.activities.ts';
import type { Settings } from '../config/settings.ts';
import { QUEUES, type Queue, queueName } from '../core/queue-names.ts';
import { gbdtParams } from '../ml/gbdt/params.ts';
import { refuseProblems } from '../quality/definition.ts';
import { composePlatform, type ServedProject } from './compose.ts';
import { connectWorker } from './temporal-connection.ts';
import { workerLogger } from './worker-log.ts';
import { workflowCode } from './workflow-code.ts';

export interface WorkerChoice {
  /** Default: all. */
  readonly queues?: readonly Queue[];
}

export interface RunningWorker {
  readonly platform: Platform;
  /** Resolves when the worker has stopped; rejects when it fails. */
  readonly finished: Promise<void>;
  /** Asks it to stop: what runs may end, what does not in time is taken up by another worker. */
  stop(): void;
}

/** Control activities are short or wait: many fit into one process. */
const CONTROL_AT_ONCE = 100;
/** A drift check and a scoring. */
const ML_AT_ONCE = 2;
/** What runs when the worker is told to stop may go on for this long, then it is told to leave its work. */
const GRACE = '20 seconds';
const FORCE = '60 seconds';
/**
 * Temporal's default keeps signs of life back for four fifths of the heartbeat timeout: a server or a disk that pauses for
 * the six seconds that are left would end healthy work.
 */
const TELL_LIFE_EVERY = '8 seconds';

/**
 * One process that polls the chosen queues.
 * @throws unreachable, bad_settings, bad_definition: before anything is polled
 */
export async function startWorker(
  settings: Settings,
  served: ServedProject,
  { queues = QUEUES }: WorkerChoice = {},
): Promise<RunningWorker> {
  installLogger();
  await refuseProblems(served.project, { sqlRoot: served.sqlRoot, trainerParams: gbdtParams });
  const connection = await connectWorker(settings);
  try {
    const platform = await composePlatform(settings, served, connection);
    const workers: Worker[] = [];
    for (const queue of queues) {
      workers.push(
        await Worker.create({ ...common(settings, connection, queue), ...(await workOf(queue, platform, settings)) }),
      );
    }
    const stop = () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    };
    // One that fails takes the others with it: half a worker would look like a whole one.
    const run = (worker: Worker) =>
      worker.run().catch((error) => {
        stop();
        throw error;
      });
    const finished = Promise.all(workers.map(run)).finally(() => connection.close());
    return { platform, finished: finished.then(() => undefined), stop };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function common({ env, temporal }: Settings, connection: NativeConnection, queue: Queue): WorkerOptions {
  return {
    connection,
    namespace: temporal.namespace,
    taskQueue: queueName(env, queue),
    shutdownGraceTime: GRACE,
    shutdownForceTime: FORCE,
    maxHeartbeatThrottleInterval: TELL_LIFE_EVERY,
    interceptors: { activity: [activityBoundary] },
  };
}

async function workOf(
  queue: Queue,
  platform: Platform,
  { builds, extractions, trainings }: Settings,
): Promise<Partial<WorkerOptions>> {
  switch (queue) {
    case 'control':
      return {
        workflowBundle: await workflowCode(),
        activities: createControlActivities(platform),
        maxConcurrentActivityTaskExecutions: CONTROL_AT_ONCE,
      };
    case 'extract':
    case 'backfill-extract':
      return { activities: createIngestActivities(platform), maxConcurrentActivityTaskExecutions: extractions };
    case 'transform':
      return { activities: createBuildActivities(platform), maxConcurrentActivityTaskExecutions: builds };
    case 'warehouse':
      return { activities: createPublishActivities(platform), maxConcurrentActivityTaskExecutions: 1 };
    case 'ml':
      return {
        activities: { ...createRetrainActivities(platform), ...createScoreActivities(platform) },
        maxConcurrentActivityTaskExecutions: ML_AT_ONCE,
      };
    case 'training':
      return { activities: createTrainingActivities(platform), maxConcurrentActivityTaskExecutions: trainings };
  }
}

let logging = false;

/** A process has one runtime, however many workers it starts. */
function installLogger(): void {
  if (logging) return;
  logging = true;
  // The core's own worker warns at every stop that a farewell was cut off; what matters comes as an error.
  const filter = 'error,temporalio_sdk_core=warn,temporalio_sdk_core::worker=error';
  Runtime.install({ logger: workerLogger(), telemetryOptions: { logging: { filter } } });
}
