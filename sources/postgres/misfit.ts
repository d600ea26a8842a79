/**
 * A value that does not fit makes the query fail on the server, in either reading path: the value's text is cast to int,
 * and PostgreSQL quotes what it could not cast. A read-only role can make no function that would raise.
 */
const MARK = 'strata_misfit';

/** SQL that fails for every row it is evaluated for; typed as `type` so that it fits into a CASE. */
export function misfitSql(column: string, value: string, type: string): string {
  return `('${MARK}|${column}|' || left(${value}::text, 100))::int::text::${type}`;
}

/** The column and an example, where an error message tells of a misfit. */
export function misfitIn(message: string): { column: string; example: string } | undefined {
  const match = new RegExp(`${MARK}\\|([a-z0-9_]+)\\|([^"]*)"`).exec(message.replaceAll('\\"', '"'));
  return match ? { column: match[1]!, example: match[2]! } : undefined;
}
