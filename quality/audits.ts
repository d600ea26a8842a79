import type { Check, Severity } from '../core/check.ts';
import type { DerivedDataset } from '../core/dataset.ts';
import { StrataError } from '../core/errors.ts';
import type { AuditResult } from '../core/ledger.ts';
import type { Session } from '../engine/session.ts';
import { inFile } from '../engine/sql-errors.ts';
import { ident, render } from '../engine/sql-text.ts';

interface Audit {
  readonly check: string;
  readonly severity: Severity;
  /** Gives one row: the number of failures. */
  readonly count: string;
}

/**
 * Audits of a build before it is committed: the key is unique (always), `unique(...)` and `audit(...)` of the dataset.
 * @param relation what stands behind FROM: the table as it would be, or the partitions the build writes
 * @throws bad_definition when an audit's SQL does not run
 */
export async function runAudits(session: Session, dataset: DerivedDataset, relation: string): Promise<AuditResult[]> {
  const results: AuditResult[] = [];
  for (const { check, severity, count } of auditsOf(dataset, relation)) {
    try {
      const failures = await session.value<bigint>(count);
      results.push({ check, severity, failures: Number(failures) });
    } catch (error) {
      throw inFile(error, `${dataset.name}, check ${check}`);
    }
  }
  return results;
}

/** @throws quality naming the audits of severity error that failed */
export function refuseFailedAudits(dataset: string, results: readonly AuditResult[]): void {
  const failed = results.filter((result) => result.severity === 'error' && result.failures > 0);
  if (failed.length === 0) return;
  const what = failed.map(({ check, failures }) => `${check} (${failures} ${failures === 1 ? 'failure' : 'failures'})`);
  throw new StrataError('quality', `${dataset} was not committed: ${what.join(', ')}`, {
    where: dataset,
    hint: 'Readers keep the last good version. Correct the data or the definition; the next run builds it again.',
  });
}

function auditsOf(dataset: DerivedDataset, relation: string): Audit[] {
  const key = dataset.key.length > 0 ? [unique(dataset.key, 'error', relation)] : [];
  const declared = dataset.checks.flatMap((check) => declaredAudit(check, relation));
  // unique(key) is often written out too: one scan is enough.
  return [...key, ...declared.filter((audit) => audit.check !== key[0]?.check)];
}

function declaredAudit(check: Check, relation: string): Audit[] {
  if (check.kind === 'unique') return [unique(check.columns, check.severity, relation)];
  if (check.kind !== 'audit') return [];
  const sql = render(check.sql, { this: relation }).replace(/;\s*$/, '');
  return [{ check: check.name, severity: check.severity, count: `SELECT count(*) FROM (${sql}\n)` }];
}

/** Failures: the rows too many. Nulls count as equal, because two unknown values make a key ambiguous too. */
function unique(columns: readonly string[], severity: Severity, relation: string): Audit {
  const names = columns.map(ident).join(', ');
  return {
    check: `unique(${columns.join(', ')})`,
    severity,
    count: `SELECT coalesce(sum(n - 1), 0)::BIGINT FROM (SELECT count(*) AS n FROM ${relation} GROUP BY ${names} HAVING count(*) > 1)`,
  };
}
