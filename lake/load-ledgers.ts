import { EMPTY_LEDGER, type LedgerState, type Version } from '../core/ledger.ts';
import { atVersion, newestCheckpoint } from './checkpoints.ts';
import { readTail } from './delta-log.ts';
import { foldLedger } from './fold-ledger.ts';
import { ledgerFile } from './layout.ts';
import { readLedgerFiles } from './ledger-file.ts';
import { withLocalFiles } from './local-files.ts';
import { inParallel } from './parallel.ts';
import { withSession } from './parquet-session.ts';
import type { Table } from './table.ts';

const TABLES_AT_ONCE = 8;

/**
 * The newest ledgers of many tables for planning: no file lists, the folded ones in few queries, and without the scopes
 * folded into a checkpoint: a commit looks at its own table's.
 * @param at dataset -> the version wanted instead of the newest; -1: as if it did not exist
 * @returns by dataset; a table that does not exist has the empty ledger
 * @throws bad_input when a table has no such version
 */
export async function loadLedgers(
  tables: readonly Table[],
  at: Readonly<Record<string, Version>> = {},
): Promise<ReadonlyMap<string, LedgerState>> {
  const started = await startLedgers(tables.filter((table) => !table.knowsLedger));
  const states = await inParallel(tables, TABLES_AT_ONCE, async (table) => {
    const newest = started.get(table) ?? (await table.loadLedger());
    const wanted = at[table.dataset] ?? newest.version;
    return wanted === newest.version ? newest : loadLedgerAt(table, wanted, newest.version);
  });
  return new Map(tables.map((table, i) => [table.dataset, states[i] as LedgerState]));
}

/** Of tables of which nothing is known yet. */
async function startLedgers(tables: readonly Table[]): Promise<ReadonlyMap<Table, LedgerState>> {
  const versions = await inParallel(tables, TABLES_AT_ONCE, ({ store, folder }) => newestCheckpoint(store, folder));
  const cold = tables.map((table, i): [Table, Version] => [table, versions[i]!]);
  // DuckDB works in threads of its own while this one reads the tails.
  const [folds, tails] = await Promise.all([
    readFolds(cold.filter(([, version]) => version >= 0)),
    inParallel(cold, TABLES_AT_ONCE, ([{ store, folder }, version]) =>
      readTail(store, folder, version, { only: 'ledger' }),
    ),
  ]);
  return new Map(
    tables.map((table, i) => [table, table.keepLedger(foldLedger(folds.get(table) ?? EMPTY_LEDGER, tails[i]!))]),
  );
}

async function readFolds(folded: readonly [Table, Version][]): Promise<Map<Table, LedgerState>> {
  const store = folded[0]?.[0].store;
  if (!store) return new Map();
  const paths = folded.map(([table, version]) => ledgerFile(table.folder, version));
  return withLocalFiles(store, paths, async (files) => {
    const states = await withSession((session) => readLedgerFiles(session, files, 'planning'));
    return new Map(folded.map(([table, version], i) => [table, atVersion(states[i]!, version, paths[i]!)]));
  });
}

async function loadLedgerAt(table: Table, version: Version, newest: Version): Promise<LedgerState> {
  if (version === EMPTY_LEDGER.version) return EMPTY_LEDGER;
  if (version > newest) throw table.noSuchVersion(version, newest);
  const checkpoint = await newestCheckpoint(table.store, table.folder, version);
  const folds = await readFolds(checkpoint < 0 ? [] : [[table, checkpoint]]);
  const tail = await readTail(table.store, table.folder, checkpoint, { upTo: version, only: 'ledger' });
  return foldLedger(folds.get(table) ?? EMPTY_LEDGER, tail);
}
