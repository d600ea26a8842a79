import { StrataError } from '../core/errors.ts';
import { EMPTY_LEDGER, LedgerFold, type LedgerState, type Version } from '../core/ledger.ts';
import type { Commit, MetaData } from './delta-actions.ts';
import { decodePath, fileOf, type LakeFile } from './delta-paths.ts';
import { columnsOfSchema, type TableColumn } from './delta-schema.ts';
import { commitFile } from './layout.ts';

/** Everything about a table at one version. Never changed once handed out. */
export interface TableState {
  /** -1: the table does not exist. */
  readonly version: Version;
  readonly ledger: LedgerState;
  /** By path. */
  readonly files: ReadonlyMap<string, LakeFile>;
  /** Without `_partition`. */
  readonly columns: readonly TableColumn[];
  readonly metaData: MetaData | undefined;
}

export const EMPTY_TABLE: TableState = {
  version: -1,
  ledger: EMPTY_LEDGER,
  files: new Map(),
  columns: [],
  metaData: undefined,
};

/** The state after these commits. @param table its folder, for messages. */
export function foldCommits(base: TableState, commits: readonly Commit[], table: string): TableState {
  if (commits.length === 0) return base;
  const ledger = new LedgerFold(base.ledger);
  const files = new Map(base.files);
  let metaData = base.metaData;
  for (const commit of commits) {
    const file = commitFile(table, commit.version);
    if (commit.protocol) checkProtocol(commit.protocol, file);
    if (commit.metaData) metaData = commit.metaData;
    for (const remove of commit.removes) files.delete(decodePath(remove.path, file));
    for (const add of commit.adds) {
      const data = fileOf(add, file);
      files.set(data.path, data);
    }
    ledger.add(commit.version, commit.entry);
  }
  const state = ledger.state;
  if (!metaData) {
    throw new StrataError('corrupt', 'The table log has no metaData action', { where: commitFile(table, 0) });
  }
  const columns =
    metaData === base.metaData
      ? base.columns
      : columnsOfSchema(metaData.schemaString, commitFile(table, state.version));
  return { version: state.version, ledger: state, files, columns, metaData };
}

function checkProtocol(protocol: { minReaderVersion: number; minWriterVersion: number }, file: string): void {
  if (protocol.minReaderVersion <= 1 && protocol.minWriterVersion <= 2) return;
  throw new StrataError(
    'corrupt',
    `The table asks for Delta reader ${protocol.minReaderVersion} and writer ${protocol.minWriterVersion}; Strata speaks 1 and 2`,
    { where: file, hint: 'Strata must be the only writer of its tables: another tool upgraded this one.' },
  );
}
