import { literal } from '../engine/sql-text.ts';
import type { RowCheck } from './build-input.ts';

/** Names of the checks a row fails, as a list; null when it passes all, which is found without naming any. */
export function failedChecksSql(checks: readonly RowCheck[]): string {
  if (checks.length === 0) return 'NULL::VARCHAR[]';
  const all = checks.map((c) => `coalesce((${c.sql}), false)`).join(' AND ');
  const names = checks
    .map((c) => `CASE WHEN coalesce((${c.sql}), false) THEN NULL ELSE ${literal(c.name)} END`)
    .join(', ');
  return `CASE WHEN ${all} THEN NULL ELSE list_filter([${names}], lambda name: name IS NOT NULL) END`;
}
