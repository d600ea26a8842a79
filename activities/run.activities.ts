import { Context } from '@temporalio/activity';
import { WorkflowFailedError, WorkflowNotFoundError } from '@temporalio/client';
import { nextEpochs } from '../core/claims.ts';
import { ownedBy } from '../core/graph.ts';
import { instant } from '../core/instant.ts';
import { type Interval, printInterval } from '../core/interval.ts';
import type { IntervalSet } from '../core/interval-set.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import type { Claim } from '../core/ledger.ts';
import { ingestScope } from '../core/scopes.ts';
import { failedLooks } from './failed-looks.ts';
import { dueOf, ingestsOf, isDue, type PlannedIngest } from './ingest-plan.ts';
import type { Platform } from './platform.ts';
import { cutOf } from './publication.ts';
import { isLatest, modelsAfter } from './retrain/after-run.ts';
import type {
  IngestPage,
  IngestResult,
  PlanIngestsInput,
  ResolveBackfillInput,
  ResolvedBackfill,
  ResolvedPublication,
  ResolvedRun,
  ResolvePublicationInput,
  ResolveRunInput,
} from './run.types.ts';
import { type CheckedInput, checkBackfill, checkPublication, checkRun } from './run-input.ts';

/** Ingests of a page: a few kilobytes of result. */
const PAGE = 200;

const intervalsOf = (planned: readonly PlannedIngest[]): number =>
  planned.reduce((sum, { intervals }) => sum + intervals, 0);

/** What runs, ingests and backfills ask before they do anything. */
export function createRunActivities(platform: Platform) {
  const { env, project, definitions, lake, client } = platform;

  /** @throws bad_input that says what is valid */
  async function resolveRun({ pipeline, input, nominal }: ResolveRunInput): Promise<ResolvedRun> {
    // Where the data's clock is simulated, the server's says nothing about it.
    const at = nominal === undefined ? undefined : (platform.simulatedNow ?? instant(nominal));
    return resolved(checkRun(project, pipeline, input, { nominal: at, now: platform.now() }));
  }

  /** @throws bad_input that says what is valid */
  async function resolveBackfill({ input }: ResolveBackfillInput): Promise<ResolvedBackfill> {
    const checked = checkBackfill(project, input, platform.now());
    const { reprocess, maxActive, newestFirst } = checked;
    return { ...resolved(checked), reprocess, maxActive, newestFirst };
  }

  /** @throws bad_input that says what is valid */
  async function resolvePublication({ input }: ResolvePublicationInput): Promise<ResolvedPublication> {
    const { pipeline, publishTo, cut } = checkPublication(project, input);
    await cutOf(platform, pipeline.name, cut);
    return { env, pipeline: pipeline.name, publishTo, cut };
  }

  function resolved({ pipeline, interval, params }: CheckedInput): ResolvedRun {
    return {
      env,
      pipeline: pipeline.name,
      interval,
      printed: printInterval(interval),
      params,
      sources: ownedBy(project, pipeline.name).sources.map(({ name }) => name),
      publishTo: pipeline.publish?.to,
      retrains: isLatest(interval, pipeline.grain, platform.now()) ? modelsAfter(project, pipeline.name) : [],
    };
  }

  /** One page of a backfill's ingests, those left out that need not be done. */
  async function planIngests(input: PlanIngestsInput): Promise<IngestPage> {
    const { pipeline, interval: range, reprocess, newestFirst, after } = input;
    const { sources } = ownedBy(project, pipeline);
    const grain = project.pipelines.find(({ name }) => name === pipeline)?.grain ?? 'day';
    const all = ingestsOf(sources, range, grain, newestFirst);
    const page = all.slice(after, after + PAGE);
    const ingests: PlannedIngest[] = [];
    const failed = new Map<string, IntervalSet>();
    if (reprocess === 'failed') {
      for (const name of new Set(page.map(({ dataset }) => dataset)))
        failed.set(name, await failedLooks(client, env, name));
    }
    for (const planned of page) {
      const { dataset } = planned;
      const { ledger } = await lake.table(dataset).load();
      const source = definitions.source(dataset);
      ingests.push(...dueOf(planned, grain, (each) => isDue(source, ledger, each, reprocess, failed.get(dataset))));
    }
    const next = after + PAGE < all.length ? after + PAGE : undefined;
    return { ingests, skipped: intervalsOf(page) - intervalsOf(ingests), total: intervalsOf(all), next };
  }

  async function claimIngest(input: { dataset: string; interval: Interval; run: string }): Promise<Claim> {
    const { dataset, interval, run } = input;
    const { ledger } = await lake.table(dataset).load();
    const scopes = nextEpochs(ledger, [ingestScope(dataset, interval)]);
    return { dataset, scopes, inputs: {}, contentHash: definitions.hash(dataset), run };
  }

  /** Takes the right to commit from work that was cancelled: whoever still does it cannot finish it. */
  async function cancelClaim({ claim }: { claim: Claim }): Promise<string> {
    const { dataset } = claim;
    const columns = lakeColumns(
      definitions.isSource(dataset) ? definitions.source(dataset) : definitions.derived(dataset),
    );
    return lake.table(dataset).cancel(claim, columns);
  }

  /**
   * Waits for an ingest that another run started.
   * @returns null when it did not complete (failed, cancelled, terminated): do it yourself
   */
  async function awaitIngest({ workflowId }: { workflowId: string }): Promise<IngestResult | null> {
    try {
      const handle = client.workflow.getHandle(workflowId);
      return await Promise.race([handle.result() as Promise<IngestResult>, Context.current().cancelled]);
    } catch (error) {
      if (error instanceof WorkflowFailedError || error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  }

  return { resolveRun, resolveBackfill, resolvePublication, planIngests, claimIngest, cancelClaim, awaitIngest };
}
