import type { Client } from '@temporalio/client';
import { instant } from '../core/instant.ts';
import type { Interval } from '../core/interval.ts';
import type { Project } from '../core/project.ts';
import { failuresOf } from './run-failures.ts';
import { listRuns, type RunInfo } from './run-list.ts';

/** Work that failed and has not been made good since, as far as Temporal remembers. */
export interface FailedWork {
  readonly dataset: string;
  /** Undefined: whatever of the dataset is not fresh. */
  readonly interval: Interval | undefined;
  readonly message: string;
}

/** Newest workflows that are looked at; what failed before them shows as stale or missing. */
const LOOK_AT = 200;

/** Failed ingests by their range, failed builds by what the newest run of their pipeline says. */
export async function failedWork(client: Client, project: Project, env: string): Promise<FailedWork[]> {
  const list = (kinds: readonly RunInfo['kind'][], pipeline?: string) =>
    listRuns(client, project, env, { kinds, pipeline, limit: pipeline === undefined ? LOOK_AT : 1, closed: true });
  const [ingests, ...newest] = await Promise.all([
    list(['ingest']),
    ...project.pipelines.map(({ name }) => list(['run', 'backfill'], name)),
  ]);
  const seen = new Set<string>();
  const found: FailedWork[] = [];
  for (const run of ingests) {
    // Newest first: an older failure of the same range has been made good, or is told by the newer one.
    if (seen.has(run.workflowId)) continue;
    seen.add(run.workflowId);
    if (!hasFailed(run) || run.dataset === undefined || run.from === undefined || run.to === undefined) continue;
    const interval = { start: instant(run.from), end: instant(run.to) };
    const [failure] = await failuresOf(client, run);
    found.push({ dataset: run.dataset, interval, message: failure?.message ?? run.status });
  }
  for (const run of newest.flat()) {
    if (!hasFailed(run)) continue;
    for (const { dataset, message } of await failuresOf(client, run)) {
      if (dataset !== undefined) found.push({ dataset, interval: undefined, message });
    }
  }
  return found;
}

const hasFailed = ({ status }: RunInfo): boolean => status === 'failed' || status === 'timed_out';
