import { StrataError } from './errors.ts';

export type Severity = 'error' | 'warn';

/**
 * Row checks put a failing row into quarantine. Audits look at the whole build before it is committed: `error` stops
 * the commit and readers keep the last good version. Trends look at history and stop only the publication.
 */
export type Check =
  /** `sql` must be true for a row; null counts as failed. Seen are the output columns. */
  | { readonly kind: 'row'; readonly name: string; readonly sql: string }
  | { readonly kind: 'unique'; readonly columns: readonly string[]; readonly severity: Severity }
  /** Rows this query returns are the failures; `{{this}}` is the build. */
  | { readonly kind: 'audit'; readonly name: string; readonly sql: string; readonly severity: Severity }
  /** Rows per partition within `sigma` standard deviations of the partitions before it. */
  | { readonly kind: 'rowCount'; readonly sigma: number };

/** @throws bad_definition for a name with a comma: quarantine lists failed checks with commas. */
export function rowCheck(name: string, sql: string): Check {
  if (name.includes(',')) throw new StrataError('bad_definition', `The name of a row check holds a comma: ${name}`);
  return { kind: 'row', name, sql };
}
export const unique = (...columns: string[]): Check => ({ kind: 'unique', columns, severity: 'error' });
export const audit = (name: string, sql: string, severity: Severity = 'error'): Check => ({
  kind: 'audit',
  name,
  sql,
  severity,
});
export const rowCount = (options: { sigma: number }): Check => ({ kind: 'rowCount', sigma: options.sigma });
