import type { Simulate } from './bundle.ts';
import type { Outcome } from './simulate.ts';

/** What every long enough series of schedules must have met; otherwise it proves less than it seems to. */
export const MUST_HAPPEN = [
  'write payment',
  'write late',
  'write bad',
  'write key change',
  'write moves partition',
  'correct rate',
  'delete merchant',
  'commit ingest',
  'commit merge',
  'commit replace',
  'commit quarantine',
  'commit maintenance',
  'commit cancel',
  'build merge',
  'build rebuild',
  'build remerge',
  'build replace',
  'build fenced',
  'ingest fenced',
  'retry conflict',
  'retry crash',
  'crash before',
  'crash after',
  'unreachable',
  'lost answer',
  'answered no',
  'zombie',
  'twin',
  'two converges',
  'backfill',
  'backfill reprocess',
  'batch leaves days',
  'batch outdated',
  'code change',
  'cancel: cancelled',
  'cancel: committed',
  'cancel: fenced',
  'cut',
  'cut lost',
  'no cut: stale',
  'no cut: ahead',
  'no cut: backwards',
  'run released',
  'published',
  'published an earlier cut',
  'publication lost',
] as const;

export function printCoverage(coverage: ReadonlyMap<string, number>): string {
  const rows = [...coverage]
    .sort(([, a], [, b]) => b - a)
    .map(([action, times]) => `${String(times).padStart(8)}  ${action}`);
  return rows.join('\n');
}

/** The failure with fewest chaotic steps that this seed gives, as a message that says how to see it again. */
export async function describeFailure(simulate: Simulate, failed: Outcome): Promise<string> {
  let shortest = failed;
  for (let chaos = Math.floor(failed.chaos / 2); chaos > 0; chaos = Math.min(chaos - 1, Math.floor(chaos * 0.8))) {
    const outcome = await simulate(failed.seed, { chaos });
    if (outcome.failure && outcome.steps < shortest.steps) shortest = outcome;
  }
  return [
    `Seed ${failed.seed} breaks a promise: ${shortest.failure}`,
    `What happened in ${shortest.chaos} chaotic steps and after: ${shortest.trace.slice(-60).join(', ')}`,
    `Again: STRATA_MODEL_SEED=${failed.seed} STRATA_MODEL_CHAOS=${shortest.chaos} npx vitest run tests/model/model.test.ts`,
  ].join('\n');
}
