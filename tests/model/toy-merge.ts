import type { DerivedDataset } from '../../core/dataset.ts';
import { mergeSource } from '../../core/pending.ts';
import { compareRank, positionDecides, type Rank, winner } from '../../core/winner.ts';
import { payment, rate } from './toy-project.ts';
import { groupBy, keyOf, type Row } from './toy-rows.ts';

/** An observation after the toy's SQL: an output row with what orders and names it. */
export interface Candidate extends Rank {
  readonly row: Row;
  readonly key: string;
  readonly deletes: boolean;
  readonly valid: boolean;
}

/** Of an observation or of a row made from it: which one it is. */
export const identity = (row: Row): string => `${row._bronze_partition}/${row._position}/${row._tie}`;

export function rateAt(rates: readonly Row[], currency: unknown, at: number): number | null {
  const known = rates.filter((r) => r.currency === currency && (r.valid_from as number) <= at);
  const newest = known.sort((a, b) => (b.valid_from as number) - (a.valid_from as number))[0];
  return newest ? (newest.rate as number) : null;
}

/** Later code lets bad documents pass and refuses small amounts instead. */
export const isValid = (obs: Row, code: number): boolean =>
  code % 2 === 0 ? obs.bad !== true : (obs.amount as number) > 3;

export const euros = (amount: number, by: number | null, code: number): number | null =>
  by === null ? null : amount * by * 10 + code;

/** The toy's SQL of the merged tables, one observation at a time. */
export function transform(dataset: DerivedDataset, obs: Row, rates: readonly Row[], code: number): Candidate {
  const trace = { _position: obs._position!, _tie: obs._tie!, _bronze_partition: obs._bronze_partition! };
  const row: Row =
    dataset === payment
      ? {
          id: obs.id!,
          event_time: obs.event_time!,
          currency: obs.currency!,
          merchant: obs.merchant!,
          bad: obs.bad!,
          amount: obs.amount!,
          eur: euros(obs.amount as number, rateAt(rates, obs.currency, obs.event_time as number), code),
          code,
          updated_at: obs.updated_at!,
          ...trace,
        }
      : dataset === rate
        ? {
            currency: obs.currency!,
            valid_from: obs.valid_from!,
            rate: obs.rate!,
            updated_at: obs.updated_at!,
            ...trace,
          }
        : { id: obs.id!, name: obs.name!, updated_at: obs.updated_at!, ...trace };
  const valid = dataset !== payment || isValid(obs, code);
  return { ...rankOf(dataset, row), row, key: keyOf(dataset, row), deletes: obs._op === 'd', valid };
}

export function rankOf(dataset: DerivedDataset, row: Row): Rank {
  const latestBy = (dataset.write as { latestBy: string }).latestBy;
  const [position, tie] = [row._position as number, row._tie as string];
  const own = positionDecides(mergeSource(dataset)) && tie === keyOf(dataset, row);
  return { ...(own ? { version: position } : {}), latestBy: row[latestBy] as number, position, tie };
}

export interface Merged {
  readonly rows: readonly Row[];
  readonly tombstones: readonly Row[];
  readonly quarantined: readonly Candidate[];
}

/**
 * Candidates against what the table holds. A held row of a key stays where no valid candidate beats it; an equal candidate
 * is the same observation made anew and replaces it.
 */
export function mergeRows(
  dataset: DerivedDataset,
  candidates: readonly Candidate[],
  held: readonly Row[],
  tombstones: readonly Row[],
): Merged {
  const rivals = groupBy(
    candidates.filter((c) => c.valid),
    (c) => c.key,
  );
  const now = new Map<string, { row: Row; deletes: boolean }>();
  for (const row of held) now.set(keyOf(dataset, row), { row, deletes: false });
  for (const row of tombstones) now.set(keyOf(dataset, row), { row, deletes: true });
  for (const [key, all] of rivals) {
    const best = winner(all);
    const known = now.get(key);
    if (!known || compareRank(best, rankOf(dataset, known.row)) >= 0) now.set(key, best);
  }
  const entries = [...now.values()];
  return {
    rows: entries.filter((e) => !e.deletes).map((e) => e.row),
    tombstones: entries.filter((e) => e.deletes).map((e) => e.row),
    quarantined: candidates.filter((c) => !c.valid && !c.deletes),
  };
}
