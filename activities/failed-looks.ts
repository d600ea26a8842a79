import type { Client } from '@temporalio/client';
import { instant } from '../core/instant.ts';
import type { Interval } from '../core/interval.ts';
import { type IntervalSet, subtract, union } from '../core/interval-set.ts';
import { queueName } from '../core/queue-names.ts';

/** Newest ingests of a source that are looked at. */
const LOOK_AT = 500;

/** Where the newest look at a source failed, as far as Temporal remembers: the lake knows only what was committed. */
export async function failedLooks(client: Client, env: string, dataset: string): Promise<IntervalSet> {
  const query = [
    "WorkflowType = 'ingest'",
    `StrataDataset = '${dataset}'`,
    `TaskQueue = '${queueName(env, 'control')}'`,
    "ExecutionStatus != 'Running'",
  ].join(' AND ');
  let failed: IntervalSet = [];
  let seen: IntervalSet = [];
  let looked = 0;
  // Newest first: a later look over the same time tells whether it was made good.
  for await (const { status, searchAttributes } of client.workflow.list({ query, pageSize: 100 })) {
    const interval = intervalOf(searchAttributes);
    const told = status.name === 'COMPLETED' || status.name === 'FAILED' || status.name === 'TIMED_OUT';
    if (interval && told) {
      if (status.name !== 'COMPLETED') failed = union(failed, subtract([interval], seen));
      seen = union(seen, [interval]);
    }
    looked += 1;
    if (looked === LOOK_AT) break;
  }
  return failed;
}

function intervalOf(attributes: Readonly<Record<string, unknown>>): Interval | undefined {
  const [from, to] = [attributes.StrataFrom, attributes.StrataTo].map((value) =>
    Array.isArray(value) ? value[0] : value,
  );
  return typeof from === 'string' && typeof to === 'string' ? { start: instant(from), end: instant(to) } : undefined;
}
