import { quarantinedNow } from '../activities/quarantine-state.ts';
import { scanForKeys } from '../activities/scan-keys.ts';
import type { Dataset } from '../core/dataset.ts';
import { ownedBy } from '../core/graph.ts';
import { type Interval, intervalOf, overlaps, partitionAt } from '../core/interval.ts';
import { type PartitionStatus, statusOf } from '../core/status.ts';
import type { FailedWork } from './failed-work.ts';
import type { Local } from './local-platform.ts';
import { partitionRanges } from './partition-ranges.ts';

export const STATES = ['fresh', 'data-stale', 'code-stale', 'missing', 'failed', 'unobservable'] as const;
export type State = (typeof STATES)[number];

export interface PartitionState {
  readonly partition: string;
  readonly status: State;
  readonly rows: number | undefined;
  /** Which input moved, or why it failed. */
  readonly because: string | undefined;
}

export interface DatasetStatus {
  readonly dataset: string;
  readonly pipeline: string;
  readonly rows: number;
  /** Rows that failed its checks and hold their keys back now. */
  readonly quarantined: number;
  readonly counts: Readonly<Record<State, number>>;
  /** State -> its partitions as ranges, for all but the fresh ones. */
  readonly ranges: Readonly<Partial<Record<State, string>>>;
  readonly partitions: readonly PartitionState[];
}

export interface StatusQuestion {
  /** Dataset names; undefined: all. */
  readonly datasets: ReadonlySet<string> | undefined;
  /** Undefined: everything that is there, and for sources every day since the pipeline's start. */
  readonly range: Interval | undefined;
  /** Undefined: Temporal cannot be asked. */
  readonly failed: readonly FailedWork[] | undefined;
}

/** The state of every partition, dataset by dataset, inputs before what is made from them. */
export async function statusReport({ project, platform }: Local, question: StatusQuestion): Promise<DatasetStatus[]> {
  const report: DatasetStatus[] = [];
  for (const { name: pipeline, start, grain } of project.pipelines) {
    const part = ownedBy(project, pipeline);
    const ledgers = await platform.lake.ledgers(part);
    const now = platform.now();
    // The interval that is not over yet is nobody's omission.
    const { start: end } = intervalOf(partitionAt(now, grain), grain);
    const whole = start < end ? { start, end } : undefined;
    for (const dataset of [...part.sources, ...part.derived]) {
      if (question.datasets && !question.datasets.has(dataset.name)) continue;
      const range = question.range ?? (dataset.kind === 'source' ? whole : undefined);
      const found = await statusOf(dataset, ledgers, platform.definitions.hash(dataset.name), {
        now,
        scan: (keys) => scanForKeys(platform, keys),
        ...(range ? { range } : {}),
      });
      const partitions = found.map(({ partition, status, rows, because }): PartitionState => {
        const failure = status === 'fresh' ? undefined : failureAt(dataset, partition, status, question.failed ?? []);
        const moved = because && [because.input, because.partition].filter((part) => part !== undefined).join('/');
        return { partition, rows, status: failure ? 'failed' : status, because: failure?.message ?? moved };
      });
      const quarantined = dataset.kind === 'derived' ? await quarantinedNow(platform, dataset) : 0;
      report.push({ ...summarise(dataset, pipeline, partitions), quarantined });
    }
  }
  return report;
}

function failureAt(
  { name, partitionBy }: Dataset,
  partition: string,
  status: PartitionStatus,
  failed: readonly FailedWork[],
): FailedWork | undefined {
  // Nobody tries to build what waits for `--reprocess stale` or can never be seen.
  if (status === 'code-stale' || status === 'unobservable') return undefined;
  return failed.find(({ dataset, interval }) => {
    if (dataset !== name) return false;
    return !interval || partitionBy.kind !== 'time' || overlaps(intervalOf(partition, partitionBy.grain), interval);
  });
}

function summarise(
  { name, partitionBy }: Dataset,
  pipeline: string,
  partitions: PartitionState[],
): Omit<DatasetStatus, 'quarantined'> {
  const of = (state: State) => partitions.filter(({ status }) => status === state).map(({ partition }) => partition);
  const counts = Object.fromEntries(STATES.map((state) => [state, of(state).length])) as Record<State, number>;
  const notable = STATES.filter((state) => state !== 'fresh' && counts[state] > 0);
  return {
    dataset: name,
    pipeline,
    rows: partitions.reduce((sum, { rows = 0 }) => sum + rows, 0),
    counts,
    ranges: Object.fromEntries(notable.map((state) => [state, partitionRanges(partitionBy, of(state))])),
    partitions,
  };
}
