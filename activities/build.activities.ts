import { Context } from '@temporalio/activity';
import { admit, refuseMovedBase } from '../core/claims.ts';
import { StrataError } from '../core/errors.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import type { Claim, LedgerEntry, Version } from '../core/ledger.ts';
import { evolve } from '../lake/delta-schema.ts';
import type { TableState } from '../lake/table-state.ts';
import type { BuildOutput } from '../transform/build-output.ts';
import { withAttempt } from './attempt.ts';
import { BuildRun } from './build-run.ts';
import { commitQuarantine } from './commit-quarantine.ts';
import type { BuildInput, BuildReport } from './converge.types.ts';
import type { Platform } from './platform.ts';
import { prepareBuild } from './prepare-build.ts';
import { whole } from './task-plan.ts';
import { Uploads } from './upload.ts';

export function createBuildActivities(platform: Platform) {
  const { definitions, lake, temp } = platform;

  /**
   * Builds what a task names and commits it once. Safe to run twice and to be killed anywhere: before its commit nothing of
   * it is visible, after it a second attempt finds the commit and returns what it says.
   * @throws fenced when another claim or other code has taken the work over: plan again
   */
  async function build({ task: planned, claim }: BuildInput): Promise<BuildReport> {
    const started = Date.now();
    const task = await whole(platform, planned);
    const dataset = definitions.derived(task.dataset);
    refuseOtherCode(definitions.hash(dataset.name), claim);
    const table = lake.table(dataset.name);
    const base = await table.load();
    const admission = admit(base.ledger, claim, task.partitions);
    if (admission.kind === 'done') {
      return reportOf(claim, admission.version, await table.entryAt(admission.version), base, started);
    }
    // Before anything is built, not at the commit.
    evolve(dataset.name, base.columns, lakeColumns(dataset));
    return withAttempt(temp, async (attempt) => {
      const session = await platform.openSession(Context.current().cancellationSignal);
      let output: BuildOutput;
      try {
        output = await new BuildRun(platform, { task, claim, dataset, base, session, attempt }).run();
      } finally {
        await session.close();
      }
      await commitQuarantine(platform, { claim, dataset, attempt }, output);
      const uploads = new Uploads(table, attempt);
      const prepared = await prepareBuild({ task, claim, base, output, uploads, started });
      const { version, entry } = await table.commit({
        claim,
        partitions: task.partitions,
        columns: lakeColumns(dataset),
        prepare: async (state) => {
          refuseMovedBase(claim, base.ledger, state.ledger);
          return prepared;
        },
      });
      return reportOf(claim, version, entry, base, started);
    });
  }

  return { build };
}

export type BuildActivities = ReturnType<typeof createBuildActivities>;

function refuseOtherCode(hash: string, claim: Claim): void {
  if (hash === claim.contentHash) return;
  throw new StrataError('fenced', `${claim.dataset}: this worker's definition is not the one that was planned`, {
    where: claim.dataset,
    hint: 'Nothing was written; it is planned again by the definitions of the workers that run.',
  });
}

function reportOf(
  claim: Claim,
  version: Version,
  entry: LedgerEntry | undefined,
  base: TableState,
  started: number,
): BuildReport {
  const partitions = Object.entries(entry?.partitions ?? {});
  const unchanged = partitions.filter(([name, { digest }]) => base.ledger.partitions.get(name)?.digest === digest);
  const { rowsIn = 0, rowsOut = 0, quarantined = 0, bytes = 0 } = entry?.counts ?? {};
  return {
    dataset: claim.dataset,
    version,
    partitions: partitions.length,
    unchanged: unchanged.length,
    rowsIn,
    rowsOut,
    quarantined,
    bytes,
    millis: Date.now() - started,
  };
}
