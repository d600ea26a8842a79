import type { Wanted } from '../../core/cuts.ts';
import type { Interval } from '../../core/interval.ts';
import type { Version } from '../../core/ledger.ts';
import type { Ingested, Ingests } from './ingests.ts';
import type { Actor, Scheduler } from './scheduler.ts';
import type { Look } from './toy-observe.ts';
import { PART } from './toy-project.ts';

/** All sources at once, as a run does. @returns what a cut must hold, and what was seen */
export async function ingestAll(
  scheduler: Scheduler,
  ingests: Ingests,
  actor: Actor,
  range: Interval,
): Promise<{ wanted: Wanted; looks: Look[] }> {
  const children = PART.sources.map((source) => {
    let done: Ingested | undefined;
    let failed: unknown;
    const work = async (self: Actor) => {
      done = await ingests.ingest(self, source, range).catch((error: unknown) => {
        failed = error;
        return undefined;
      });
    };
    const child = scheduler.spawn(`ingest ${source.name}`, work, actor);
    return { source, child, result: () => ({ done, failed }) };
  });
  await actor.until('waits for ingests', () => children.every((c) => c.child.done));
  const wanted: Record<string, Record<string, Version>> = {};
  const looks: Look[] = [];
  for (const { source, result } of children) {
    const { done, failed } = result();
    if (failed) throw failed;
    wanted[source.name] = done!.wanted;
    if (done!.look) looks.push(done!.look);
  }
  return { wanted, looks };
}
