import { Context } from '@temporalio/activity';
import { WorkflowIdReusePolicy } from '@temporalio/common';
import { nextBatch } from '../core/batch.ts';
import { nextEpochs } from '../core/claims.ts';
import { ownedBy, type Part } from '../core/graph.ts';
import type { Claim } from '../core/ledger.ts';
import { plan, scopesOf } from '../core/plan.ts';
import { quarantineTable } from '../core/quarantine.ts';
import { queueName } from '../core/queue-names.ts';
import { workflowIds } from '../core/workflow-ids.ts';
import { commitChecked } from './commit-checked.ts';
import type {
  AskInput,
  BuildPlan,
  BuildTask,
  ClaimInput,
  ConvergeInput,
  CutInput,
  CutResult,
  FreezeInput,
  FrozenBatch,
  PlanInput,
} from './converge.types.ts';
import { makeNextCut } from './make-cut.ts';
import type { Platform } from './platform.ts';
import { scanForKeys } from './scan-keys.ts';
import { shortened } from './task-plan.ts';
import { toBuildTask } from './task-text.ts';

/** A page of tasks: what does not fit is planned again once these are built. */
const MOST_TASKS = 200;
const MOST_TASK_BYTES = 40_000;

/** What converge asks: which bronze, what is due, who may write, does it fit together. */
export function createConvergeActivities(platform: Platform) {
  const { env, project, definitions, lake, client } = platform;

  async function freezeBatch({ pipeline, reprocess }: FreezeInput): Promise<FrozenBatch> {
    const part = ownedBy(project, pipeline);
    const batch = nextBatch(part, await lake.ledgers(part), definitions.hashes(part), {
      days: platform.batchDays,
      ...(reprocess && { reprocess: reprocess.mode, range: reprocess.range }),
    });
    return { batch, parallel: platform.parallelBuilds };
  }

  /** What can be built now. Nothing: the batch is done. */
  async function planTasks({ pipeline, batch, failed }: PlanInput): Promise<BuildPlan> {
    const part = ownedBy(project, pipeline);
    const hashes = definitions.hashes(part);
    const same = part.derived.every(({ name }) => hashes[name] === batch.hashes[name]);
    if (!same || part.derived.length !== Object.keys(batch.hashes).length) return { kind: 'changed' };
    const ledgers = await lake.ledgers(part, batch.frozen);
    const { ready, checked, outdated } = await plan(without(part, failed), batch, ledgers, (question) =>
      scanForKeys(platform, question, Context.current().cancellationSignal),
    );
    if (outdated) return { kind: 'changed' };
    for (const { dataset, checked: partitions } of checked) await commitChecked(platform, dataset, partitions);
    const tasks = await Promise.all(ready.map((task) => shortened(platform, toBuildTask(task))));
    return { kind: 'tasks', tasks: firstPage(tasks) };
  }

  /** An activity of its own, so that every attempt of the build carries the same claim. */
  async function claimBuild({ task, run }: ClaimInput): Promise<Claim> {
    const { dataset, inputs, contentHash } = task;
    const [table, quarantine] = await Promise.all([
      lake.table(dataset).load(),
      lake.table(quarantineTable(dataset)).load(),
    ]);
    return { dataset, scopes: nextEpochs(table.ledger, scopesOf(task), quarantine.ledger), inputs, contentHash, run };
  }

  const makeCut = ({ pipeline, requests }: CutInput): Promise<CutResult> => makeNextCut(platform, pipeline, requests);

  /** Starts converge where it sleeps, and hands it the request. */
  async function askConverge({ env: asked, pipeline, request }: AskInput): Promise<void> {
    const input: ConvergeInput = { env: asked, pipeline };
    await client.workflow.signalWithStart('converge', {
      workflowId: workflowIds.converge(env, pipeline),
      taskQueue: queueName(env, 'control'),
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      args: [input],
      signal: 'ask',
      signalArgs: [request],
      staticSummary: `builds what is stale of ${pipeline}`,
    });
  }

  return { freezeBatch, planTasks, claimBuild, makeCut, askConverge };
}

/** The part without the datasets that failed and everything made from them. */
function without(part: Part, failed: readonly string[]): Part {
  const out = new Set(failed);
  for (const { name, inputs } of part.derived) {
    if (Object.values(inputs).some((input) => out.has(input.dataset.name))) out.add(name);
  }
  return { ...part, derived: part.derived.filter(({ name }) => !out.has(name)) };
}

function firstPage(tasks: readonly BuildTask[]): BuildTask[] {
  const page: BuildTask[] = [];
  let bytes = 0;
  for (const task of tasks.slice(0, MOST_TASKS)) {
    bytes += JSON.stringify(task).length;
    if (page.length > 0 && bytes > MOST_TASK_BYTES) break;
    page.push(task);
  }
  return page;
}
