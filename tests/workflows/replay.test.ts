import {
  DefaultLogger,
  makeTelemetryFilterString,
  type ReplayResult,
  Runtime,
  Worker,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { beforeAll, expect, test } from 'vitest';
import { workflowCode } from '../../workers/workflow-code.ts';
import * as workflows from '../../workflows/index.ts';
import { type KeptHistory, keptHistories } from './histories.ts';
import { PIPELINE } from './shop.fixture.ts';

const quiet = new DefaultLogger('ERROR', () => undefined);
const histories = await keptHistories();
let workflowBundle: WorkflowBundleOption;

beforeAll(async () => {
  Runtime.install({
    logger: quiet,
    telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
  });
  workflowBundle = await workflowCode();
});

async function replay(kept: KeptHistory): Promise<ReplayResult> {
  for await (const result of Worker.runReplayHistories({ workflowBundle }, [kept])) return result;
  throw new Error('Nothing was replayed');
}

test('there are histories of every kind of workflow', () => {
  const first = histories.map(({ history }) => history.events[0]?.workflowExecutionStartedEventAttributes);
  const kinds = new Set(first.map((started) => started?.workflowType?.name));
  // The default one serves every pipeline.
  const served = Object.keys(workflows).map((name) => (name === 'default' ? PIPELINE : name));
  expect([...kinds].sort()).toEqual(served.sort());
});

test.each(histories)('$name goes the way it went', async (kept) => {
  expect((await replay(kept)).error).toBeUndefined();
});

test('a workflow that would go another way is found out', async () => {
  const kept = (await keptHistories()).find(({ name }) => name === 'run')!;
  const scheduled = kept.history.events.find((event) => event.activityTaskScheduledEventAttributes);
  scheduled!.activityTaskScheduledEventAttributes!.activityType!.name = 'another';
  expect((await replay(kept)).error?.message).toMatch(/nondeterminism/i);
});
