import type { Context } from '@temporalio/activity';
import type { ActivityExecuteInput } from '@temporalio/worker';
import { expect, test } from 'vitest';
import { activityBoundary } from '../../activities/failures.ts';
import { openSession } from '../../engine/session.ts';

/** A query that really runs out of memory, in the attempt of that number. */
async function failureOf(attempt: number): Promise<unknown> {
  await using session = await openSession({ memoryLimit: '4MB', threads: 1 });
  const signal = new AbortController().signal;
  const context = { info: { attempt }, cancellationSignal: signal } as unknown as Context;
  const execute = activityBoundary(context).inbound?.execute;
  const work = () => session.run("SELECT length(string_agg(md5(i::VARCHAR), '')) FROM range(1000000) r(i)");
  return await execute?.({ args: [], headers: {} } as ActivityExecuteInput, work).then(
    () => undefined,
    (error: unknown) => error,
  );
}

test("DuckDB's memory limit is met twice and no more, and the setting to raise is named", async () => {
  expect(await failureOf(1)).toMatchObject({ type: 'storage', nonRetryable: false });
  expect(await failureOf(2)).toMatchObject({
    type: 'storage',
    nonRetryable: true,
    message: expect.stringMatching(/STRATA_DUCKDB_MEMORY/),
  });
});
