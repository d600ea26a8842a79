import type { DerivedDataset } from '../core/dataset.ts';
import type { RowPredicate } from './content-hash.ts';
import { membersSql } from './history-members.ts';
import type { Problem } from './problem.ts';
import type { Session } from './session.ts';
import { literal } from './sql-text.ts';

/** Row checks that the unknown or the not-applicable member would fail: it would lie in quarantine for ever. Inferred members are like the unknown one. */
export async function refusedMembers(
  session: Session,
  dataset: DerivedDataset,
  rowChecks: readonly RowPredicate[],
): Promise<Problem[]> {
  const { history, name } = dataset;
  if (!history || rowChecks.length === 0) return [];
  const found: Problem[] = [];
  const members = membersSql(dataset, history);
  for (const [member, sql] of Object.entries(members)) {
    const failed = rowChecks.map(
      (c) => `SELECT ${literal(c.name)} AS check FROM (${sql}) WHERE NOT coalesce((${c.sql}), false)`,
    );
    for (const { check } of await session.rows<{ check: string }>(failed.join(' UNION ALL '))) {
      found.push({
        subject: name,
        where: name,
        message: `${name}: the ${member} member fails the check ${check}`,
        hint: `It holds null where a column is nullable, else 'unknown' or 'not applicable', -1 or -2, false. Make the column .nullable(), or let the check pass these.`,
      });
    }
  }
  return found;
}
