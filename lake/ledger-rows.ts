import { StrataError } from '../core/errors.ts';
import { LEDGER_FORMAT, type LedgerState } from '../core/ledger.ts';
import { packable } from './packed-columns.ts';

/** Sections of a folded ledger, and which columns each uses. Format 1. */
export type Section =
  | 'format' // version: the format
  | 'ledger' // version: of the table
  | 'partition' // name, version (of the content), built_version, rows, digest, content_hash, inputs
  | 'scope' // name, version, epoch, claim
  | 'mark' // name, version, epoch, content_hash, tag: of the claim
  | 'covered' // starts_at, ends_at
  | 'settled' // starts_at, ends_at
  | 'looked_at' // name: the position
  | 'tombstones' // name: the path
  | 'key_change'; // name (the path), version, rows, starts_at, ends_at

/** Types of the columns, for DuckDB. */
export const LEDGER_COLUMNS = {
  section: 'VARCHAR',
  name: 'VARCHAR',
  version: 'BIGINT',
  epoch: 'BIGINT',
  rows: 'BIGINT',
  built_version: 'BIGINT',
  digest: 'VARCHAR',
  content_hash: 'VARCHAR',
  /** JSON. */
  inputs: 'VARCHAR',
  /** JSON. */
  claim: 'VARCHAR',
  /** See core/claim-tag.ts. */
  tag: 'VARCHAR',
  starts_at: 'VARCHAR',
  ends_at: 'VARCHAR',
} as const;

export type LedgerRow = { readonly section: Section } & {
  readonly [K in Exclude<keyof typeof LEDGER_COLUMNS, 'section'>]?: string | number;
};

/** The whole state as rows of one flat table, which any Parquet reader can query. */
export function* ledgerRows(state: LedgerState): Generator<LedgerRow> {
  yield { section: 'format', version: LEDGER_FORMAT };
  yield { section: 'ledger', version: state.version };
  for (const [name, p] of state.partitions) {
    yield {
      section: 'partition',
      name: checked(name),
      version: p.contentVersion,
      built_version: p.builtVersion,
      rows: p.rows,
      digest: p.digest,
      content_hash: p.contentHash,
      inputs: JSON.stringify(p.inputs),
    };
  }
  for (const [name, { epoch, version, claim }] of state.scopes) {
    yield { section: 'scope', name: checked(name), epoch, version, claim };
  }
  for (const [name, { epoch, version, contentHash, claim }] of state.marks) {
    yield { section: 'mark', name: checked(name), epoch, version, content_hash: contentHash, tag: claim };
  }
  for (const { start, end } of state.covered) yield { section: 'covered', starts_at: start, ends_at: end };
  for (const { start, end } of state.settled) yield { section: 'settled', starts_at: start, ends_at: end };
  if (state.lookedAt !== undefined) yield { section: 'looked_at', name: state.lookedAt };
  if (state.tombstones !== undefined) yield { section: 'tombstones', name: checked(state.tombstones) };
  for (const { version, path, rows, from, to } of state.keyChanges) {
    const end = to === null ? {} : { ends_at: to };
    yield { section: 'key_change', name: checked(path), version, rows, starts_at: from, ...end };
  }
}

function checked(name: string): string {
  if (packable(name)) return name;
  throw new StrataError('internal', `A name with a line break cannot be kept in a ledger: ${JSON.stringify(name)}`);
}
