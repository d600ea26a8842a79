import { isSettled, nextLook } from '../../core/coverage.ts';
import type { SourceDataset } from '../../core/dataset.ts';
import { type Interval, intervalOf } from '../../core/interval.ts';
import type { LedgerState } from '../../core/ledger.ts';
import type { Look } from './toy-observe.ts';
import { dayAt, instantAt } from './toy-rows.ts';
import type { World } from './world.ts';

/** What an ingest of the range sees in the source now. @returns undefined when there is nothing to look at */
export function lookAt(world: World, source: SourceDataset, range: Interval, known: LedgerState): Look | undefined {
  const { now, position } = world;
  const observedAt = instantAt(now);
  const technical = { _op: 'u', _position: position, _observed_at: now };
  if (source.extraction.kind === 'snapshot') {
    const day = intervalOf(dayAt(now), 'day');
    const rows = world.rows(source).map((row) => ({ ...row, ...technical }));
    const coverage = { covered: day, settledTo: day.end, position: String(position), observedAt };
    return { source, rows, position, at: now, coverage };
  }
  if (isSettled(known, range)) return undefined;
  const lowWater = instantAt(world.lowWater(source));
  const { lower, upper } = nextLook(known, range, lowWater);
  const end = upper ?? instantAt(now + 1);
  if (end <= lower) return undefined;
  const rows = world
    .rows(source)
    .filter(
      (row) => instantAt(row.updated_at as number) >= lower && (!upper || instantAt(row.updated_at as number) < upper),
    )
    .map((row) => ({ ...row, ...technical }));
  const coverage = { covered: { start: lower, end }, settledTo: lowWater, position: String(position), observedAt };
  return { source, rows, position, at: now, coverage };
}
