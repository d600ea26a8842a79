import { isCancellation } from '@temporalio/workflow';
import type { RequiredBronze } from '../activities/converge.types.ts';
import type { IngestResult, ResolvedRun } from '../activities/run.types.ts';
import { awaitCut, type CutWanted } from './await-cut.ts';
import { failed, rootFailure } from './failures.ts';
import { ingestOrAttach } from './ingest-child.ts';
import type { Reason } from './messages.ts';
import type { Progress } from './progress.ts';
import { requiredBy } from './required.ts';
import { noteUndeclared } from './undeclared.ts';

/** Every source of the range into bronze, side by side. @throws run_failed naming those that failed */
export async function ingestAll(
  { env, interval, sources }: Pick<ResolvedRun, 'env' | 'interval' | 'sources'>,
  progress: Progress,
): Promise<RequiredBronze> {
  const failures: Reason[] = [];
  const results: IngestResult[] = [];
  const ingestOne = async (dataset: string) => {
    progress.set(dataset, 'ingesting');
    try {
      const result = await ingestOrAttach({ env, dataset, interval, queue: 'extract' });
      results.push(result);
      progress.add(dataset, 'ingested', result);
      noteUndeclared(progress, result);
      progress.step();
    } catch (error) {
      if (isCancellation(error)) throw error;
      failures.push({ dataset, message: rootFailure(error).message });
      progress.fail(failures.slice(-1));
    }
  };
  const settled = await Promise.allSettled(sources.map(ingestOne));
  const cancelled = settled.find((s) => s.status === 'rejected');
  if (cancelled) throw cancelled.reason;
  if (failures.length > 0) throw failed('Ingest failed', failures);
  return requiredBy(results);
}

/** What is made from it, built. @returns the cut that holds it @throws run_failed with why it cannot be built */
export async function converged(wanted: CutWanted, progress: Progress): Promise<number> {
  const outcome = await awaitCut(wanted);
  if (outcome.kind === 'failed') {
    progress.fail(outcome.reasons);
    throw failed('Not everything could be built', outcome.reasons);
  }
  for (const built of outcome.built) progress.add(built.dataset, built.state, built);
  return outcome.cut;
}
