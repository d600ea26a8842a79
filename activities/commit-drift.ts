import { type Claim, LEDGER_FORMAT, type LedgerEntry, type Version } from '../core/ledger.ts';
import { partitionScope } from '../core/scopes.ts';
import type { DriftResult } from '../drift/drift.types.ts';
import { type CheckIdentity, driftColumns, driftRows } from '../drift/drift-rows.ts';
import { driftTable } from '../drift/write-drift-rows.ts';
import type { Session } from '../engine/session.ts';
import { ident } from '../engine/sql-text.ts';
import { digestOf, digestSql, printDigest } from '../transform/digest.ts';
import { writeFile } from '../transform/write-partitions.ts';
import type { Attempt } from './attempt.ts';
import type { Platform } from './platform.ts';
import { Uploads } from './upload.ts';

/** The lake table that keeps every check of drift: one row per column, one partition per check. */
export const DRIFT_TABLE = 'drift.column';

/** Raised when the same samples would give other rows. */
const RULES = 'drift-1';

export interface KeptCheck extends CheckIdentity {
  /** Table -> version that was looked at. */
  readonly inputs: Readonly<Record<string, Version>>;
}

/**
 * Commits the rows of a check, once: a check has one partition, named after it, and the same claim in every attempt, so that
 * the second attempt finds what the first one wrote.
 * @param check.checkId the same in every attempt: of the run, never of the attempt
 */
export async function commitDrift(
  { lake }: Pick<Platform, 'lake'>,
  { session, attempt }: { session: Session; attempt: Attempt },
  check: KeptCheck,
  result: DriftResult,
): Promise<Version> {
  const started = Date.now();
  const partition = `${check.checkDate} ${check.checkId}`;
  const columns = driftColumns().map(({ name, sqlType }) => ({ name, sqlType }));
  const names = columns.map(({ name }) => name);
  const rows = await driftTable(session, driftRows(check, result));
  const [digest] = await session.rows<{ digest_rows: bigint; digest_sum: string }>(
    `SELECT ${digestSql(names)} FROM ${ident(rows)}`,
  );
  const select = `SELECT ${names.map(ident).join(', ')} FROM ${ident(rows)} ORDER BY column_name`;
  const file = await writeFile(session, select, columns, attempt.directory);
  const table = lake.table(DRIFT_TABLE);
  const uploads = new Uploads(table, attempt);
  const claim: Claim = {
    dataset: DRIFT_TABLE,
    scopes: { [partitionScope(DRIFT_TABLE, partition)]: 1 },
    inputs: check.inputs,
    contentHash: RULES,
    run: check.checkId,
  };
  const adds = await uploads.data([{ partition, file }]);
  const entry: LedgerEntry = {
    format: LEDGER_FORMAT,
    kind: 'replace',
    claim,
    partitions: { [partition]: { digest: printDigest(digestOf(digest!)), rows: file.rows } },
    counts: {
      rowsIn: file.rows,
      rowsOut: file.rows,
      quarantined: 0,
      bytes: uploads.bytes,
      millis: Date.now() - started,
    },
  };
  const prepare = async () => ({ adds, removes: [], entry });
  return (await table.commit({ claim, partitions: [partition], columns, prepare })).version;
}
