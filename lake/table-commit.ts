import { randomUUID } from 'node:crypto';
import { PARTITION_COLUMN } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import type { Claim, LedgerEntry } from '../core/ledger.ts';
import type { DataFile } from '../core/ports.ts';
import type { Action } from './delta-actions.ts';
import { addOf, removeOf } from './delta-paths.ts';
import { evolve, schemaString, type TableColumn } from './delta-schema.ts';
import { loggedStats } from './delta-stats.ts';
import type { TableState } from './table-state.ts';

/** What a commit changes. */
export interface Prepared {
  /** Files already in the store. */
  readonly adds: readonly DataFile[];
  /** Paths of files of the state it was prepared for. */
  readonly removes: readonly string[];
  readonly entry: LedgerEntry;
}

const ENGINE = 'strata/0.1';

/** The actions of one version, checked against the state they follow. */
export function actionsOf(
  dataset: string,
  state: TableState,
  declared: readonly TableColumn[],
  prepared: Prepared,
  attempt: string,
): Action[] {
  const now = Date.now();
  const { entry } = prepared;
  const columns = evolve(dataset, state.columns, declared);
  const schema: Action[] = [];
  if (state.version < 0) schema.push({ protocol: { minReaderVersion: 1, minWriterVersion: 2 } });
  if (columns !== state.columns || !state.metaData) {
    schema.push({
      metaData: {
        id: state.metaData?.id ?? randomUUID(),
        format: { provider: 'parquet', options: {} },
        schemaString: schemaString(columns),
        partitionColumns: [PARTITION_COLUMN],
        // Another tool that cleans up old commits would take the ledger's history with them.
        configuration: { 'delta.enableExpiredLogCleanup': 'false' },
        createdTime: state.metaData?.createdTime ?? now,
      },
    });
  }
  return [
    {
      commitInfo: {
        timestamp: now,
        operation: operationOf(entry),
        operationParameters: { kind: entry.kind, run: entry.claim.run },
        engineInfo: ENGINE,
        attempt,
        strata: entry,
      },
    },
    ...schema,
    ...txns(entry.claim, now),
    ...prepared.removes.map((path): Action => ({ remove: removeOf(known(state, path, dataset), now) })),
    ...prepared.adds.map(
      (file): Action => ({ add: addOf(unused(state, file, dataset), loggedStats(file, columns), now) }),
    ),
  ];
}

const operationOf = (entry: LedgerEntry): string => (entry.kind === 'merge' ? 'MERGE' : 'WRITE');

const txns = (claim: Claim, now: number): Action[] =>
  Object.entries(claim.scopes).map(([scope, epoch]) => ({
    txn: { appId: `strata:${scope}`, version: epoch, lastUpdated: now },
  }));

function known(state: TableState, path: string, dataset: string): DataFile {
  const file = state.files.get(path);
  if (!file)
    throw new StrataError('internal', `${dataset}: a commit removes ${path}, which is not in version ${state.version}`);
  return file;
}

function unused(state: TableState, file: DataFile, dataset: string): DataFile {
  if (state.files.has(file.path))
    throw new StrataError('internal', `${dataset}: a commit adds ${file.path} a second time`);
  return file;
}
