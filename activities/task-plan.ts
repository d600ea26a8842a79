import { readPlan, writePlan } from '../lake/plans.ts';
import type { BuildTask } from './converge.types.ts';
import type { Platform } from './platform.ts';

/** More names than these go into the lake: fifty years of days would not fit through Temporal. */
const MOST_NAMES = 1000;

type Kept = Pick<Platform, 'store' | 'env'>;

/** The task as it is handed around. */
export async function shortened({ store, env }: Kept, task: BuildTask): Promise<BuildTask> {
  if (task.inputPartitions.length <= MOST_NAMES) return task;
  return { ...task, inputPartitions: [], plan: await writePlan(store, env, task.inputPartitions) };
}

/** The task as it is worked on. */
export async function whole({ store, env }: Kept, task: BuildTask): Promise<BuildTask> {
  const { plan, ...rest } = task;
  return plan === undefined ? task : { ...rest, inputPartitions: await readPlan(store, env, plan) };
}
