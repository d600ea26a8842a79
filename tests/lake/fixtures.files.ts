import { nextEpochs } from '../../core/claims.ts';
import type { Claim, LedgerEntry, LedgerState } from '../../core/ledger.ts';
import type { DataFile } from '../../core/ports.ts';
import type { TableColumn } from '../../lake/delta-schema.ts';
import { dataFile } from '../../lake/layout.ts';

export const COLUMNS: readonly TableColumn[] = [
  { name: 'id', sqlType: 'BIGINT' },
  { name: 'name', sqlType: 'VARCHAR' },
];

export function claimOf(dataset: string, ledger: LedgerState, scopes: readonly string[], run = 'run-1'): Claim {
  return { dataset, scopes: nextEpochs(ledger, scopes), inputs: {}, contentHash: 'h1', run };
}

export function entryOf(claim: Claim, partitions: LedgerEntry['partitions'] = {}): LedgerEntry {
  return {
    format: 1,
    kind: 'replace',
    claim,
    partitions,
    counts: { rowsIn: 1, rowsOut: 1, quarantined: 0, bytes: 10, millis: 1 },
  };
}

export const fileNamed = (partition: string, attempt: string, n = 0): DataFile => ({
  path: dataFile(partition, attempt, n),
  partition,
  rows: 1,
  bytes: 10,
});
