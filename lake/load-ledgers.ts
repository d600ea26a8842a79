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
 * The newest ledgers of many tables for planning: no file lists, the folded ones in a single query. The claims of scopes
 * folded into a checkpoint are left out (empty text): a commit looks at its own table's.
 * @param at dataset -> the version wanted instead of the newest; -1: as if it did not exist
 * @returns by dataset; a table that does not exist has the empty ledger
 * @throws bad_input when a table has no such version
 */
export async function loadLedgers(
  tables: readonly Table[],
  at: Readonly<Record<string, Version>> = {},
): Promise<ReadonlyMap<string, LedgerState>> {
  const cold = tables.filter((table) => !table.knowsLedger);
  const versions = new Map(
    await inParallel(
      cold,
      TABLES_AT_ONCE,
      async (table): Promise<[Table, Version]> => [table, await newestCheckpoint(table.store, table.folder)],
    ),
  );
  // Not awaited here: DuckDB works in threads of its own while this one reads the tails.
  const folds = readFolds([...versions].filter(([, version]) => version >= 0));
  const states = await inParallel(tables, TABLES_AT_ONCE, async (table) => {
    const version = versions.get(table);
    const start = folds.then((found) => found.get(table) ?? EMPTY_LEDGER);
    const newest = await table.loadLedger(version === undefined ? undefined : { version, ledger: start });
    const wanted = at[table.dataset] ?? newest.version;
    return wanted === newest.version ? newest : loadLedgerAt(table, wanted, newest.version);
  });
  return new Map(tables.map((table, i) => [table.dataset, states[i] as LedgerState]));
}

async function readFolds(folded: readonly [Table, Version][]): Promise<Map<Table, LedgerState>> {
  const store = folded[0]?.[0].store;
  if (!store) return new Map();
  const paths = folded.map(([table, version]) => ledgerFile(table.folder, version));
  return withLocalFiles(store, paths, async (files) => {
    const states = await withSession((session) => readLedgerFiles(session, files, false));
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
