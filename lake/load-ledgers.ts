import { EMPTY_LEDGER, type LedgerState } from '../core/ledger.ts';
import { atVersion, newestCheckpoint } from './checkpoints.ts';
import { ledgerFile } from './layout.ts';
import { readLedgerFiles } from './ledger-file.ts';
import { withLocalFiles } from './local-files.ts';
import { inParallel } from './parallel.ts';
import { withSession } from './parquet-session.ts';
import type { Table } from './table.ts';

const TABLES_AT_ONCE = 8;

/**
 * The newest ledgers of many tables for planning: no file lists, the folded ones in a single query. The claims of scopes
 * folded into a checkpoint are left out (empty text): a commit looks at its own table's.
 * @returns by dataset; a table that does not exist has the empty ledger
 */
export async function loadLedgers(tables: readonly Table[]): Promise<ReadonlyMap<string, LedgerState>> {
  const cold = tables.filter((table) => !table.knowsLedger);
  const folded = await inParallel(cold, TABLES_AT_ONCE, async (table) => ({
    table,
    version: await newestCheckpoint(table.store, table.folder),
  }));
  for (const { table, version } of folded) if (version < 0) table.startLedger(EMPTY_LEDGER);
  await startFromFolds(folded.filter(({ version }) => version >= 0));
  const states = await inParallel(tables, TABLES_AT_ONCE, (table) => table.loadLedger());
  return new Map(tables.map((table, i) => [table.dataset, states[i] as LedgerState]));
}

async function startFromFolds(folded: readonly { table: Table; version: number }[]): Promise<void> {
  const store = folded[0]?.table.store;
  if (!store) return;
  const paths = folded.map(({ table, version }) => ledgerFile(table.folder, version));
  await withLocalFiles(store, paths, async (files) => {
    const states = await withSession((session) => readLedgerFiles(session, files, false));
    folded.forEach(({ table, version }, i) => {
      table.startLedger(atVersion(states[i]!, version, paths[i]!));
    });
  });
}
