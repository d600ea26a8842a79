import { dataset, day, key, merge, month, source, text, timestamp } from '../../core/builders.ts';
import type { Dataset, DerivedDataset } from '../../core/dataset.ts';
import { instant } from '../../core/instant.ts';
import { type Claim, type LedgerEntry, LedgerFold, type LedgerState, type Version } from '../../core/ledger.ts';
import { pipeline } from '../../core/pipeline.ts';
import type { Project } from '../../core/project.ts';
import { applicationClock, cursor, postgres } from '../../core/source.ts';

export const bronze = (name: string) =>
  source({
    name: `bronze.${name}`,
    description: name,
    source: postgres('oltp'),
    relation: name,
    extraction: cursor('updated_at', applicationClock({ lateness: '1 hour' })),
    columns: { id: key(text()), updated_at: timestamp() },
  });

export const COLUMNS = { id: key(text()), day: timestamp(), updated_at: timestamp(), currency: text() };

export const derived = (
  name: string,
  inputs: Parameters<typeof dataset>[0]['inputs'],
  more: Partial<Parameters<typeof dataset>[0]> = {},
): DerivedDataset =>
  dataset({ name, description: name, inputs, columns: COLUMNS, partitionBy: day('day'), sql: `${name}.sql`, ...more });

export const merged = (name: string, from: Dataset, more: Parameters<typeof derived>[2] = {}): DerivedDataset =>
  derived(name, { raw: from, ...more.inputs }, { write: merge({ latestBy: 'updated_at' }), ...without(more) });

const without = ({ inputs: _, ...rest }: NonNullable<Parameters<typeof derived>[2]>) => rest;

export const byMonth = month('day');

export const projectOf = (pipelines: Record<string, Dataset[]>): Project => ({
  name: 'test',
  sqlFolder: 'sql',
  pipelines: Object.entries(pipelines).map(([name, datasets]) =>
    pipeline({ name, description: name, start: '2026-11-01', interval: 'day', datasets }),
  ),
});

const COUNTS = { rowsIn: 0, rowsOut: 0, quarantined: 0, bytes: 0, millis: 0 };

export const claimOf = (dataset: string, more: Partial<Claim> = {}): Claim => ({
  dataset,
  scopes: {},
  inputs: {},
  contentHash: 'h1',
  run: 'test',
  ...more,
});

type EntryWish = Partial<Omit<LedgerEntry, 'claim' | 'partitions'>> & {
  claim?: Partial<Claim>;
  /** Partition -> digest. */
  partitions?: Record<string, string>;
};

/** A ledger from short wishes, one commit each. */
export function ledgerOf(dataset: string, wishes: readonly EntryWish[]): LedgerState {
  const fold = new LedgerFold();
  wishes.forEach(({ claim, partitions = {}, ...rest }, version: Version) => {
    fold.add(version, {
      format: 1,
      kind: 'replace',
      counts: COUNTS,
      ...rest,
      claim: claimOf(dataset, claim),
      partitions: Object.fromEntries(Object.entries(partitions).map(([p, digest]) => [p, { digest, rows: 1 }])),
    });
  });
  return fold.state;
}

export const change = (from: string, to: string | null) => ({
  path: `_strata/side/${from}.parquet`,
  rows: 1,
  from: instant(from),
  to: to === null ? null : instant(to),
});
