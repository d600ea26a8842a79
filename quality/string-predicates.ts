import { literal } from '../engine/sql-text.ts';
import { toRe2 } from './regex-re2.ts';
import type { Definition } from './zod-definition.ts';

/** Formats that zod checks by their pattern and nothing else. */
const PATTERN_FORMATS = new Set(
  'regex email uuid guid nanoid cuid2 ulid xid ksuid ipv4 cidrv4 mac date time datetime duration e164'.split(' '),
);

const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const PORT = '(?::(?:[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?';
/**
 * Stricter than zod, which asks the URL parser: a network scheme, a host in ASCII letters (no punycode) or IPv4, no blanks.
 * Whatever passes here passes zod; a rarer URL goes to quarantine.
 */
const URL_PATTERN = `\\A(?i:https?|wss?|ftp)://(?:(?:${LABEL}\\.)*[a-zA-Z](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?|(?:${OCTET}\\.){3}${OCTET})${PORT}(?:[/?#][!-~]*)?\\z`;

export interface Predicate {
  /** For people: `at least 3 characters`. Without commas, which separate names in quarantine. */
  readonly rule: string;
  /** True for a value that passes; only asked of values that are not null. */
  readonly sql: string;
}

/** A zod check of a string as SQL; undefined when there is no exact counterpart. */
export function stringPredicate(check: Definition, column: string): Predicate | undefined {
  // Both zod and DuckDB count code points.
  const size = `length(${column})`;
  switch (check.check) {
    case 'min_length':
      return { rule: `at least ${check.minimum} characters`, sql: `${size} >= ${check.minimum}` };
    case 'max_length':
      return { rule: `at most ${check.maximum} characters`, sql: `${size} <= ${check.maximum}` };
    case 'length_equals':
      return { rule: `${check.length} characters`, sql: `${size} = ${check.length}` };
    case 'string_format':
      return formatPredicate(check, column);
    default:
      return undefined;
  }
}

function formatPredicate(check: Definition, column: string): Predicate | undefined {
  const { format = '' } = check;
  switch (format) {
    case 'starts_with':
      return { rule: 'starts with', sql: `starts_with(${column}, ${literal(check.prefix ?? '')})` };
    case 'ends_with':
      return { rule: 'ends with', sql: `ends_with(${column}, ${literal(check.suffix ?? '')})` };
    case 'includes':
      if (check.position !== undefined) return undefined;
      return { rule: 'includes', sql: `contains(${column}, ${literal(check.includes ?? '')})` };
    case 'lowercase':
      return { rule: 'no capital letters', sql: `NOT regexp_matches(${column}, '[A-Z]')` };
    case 'uppercase':
      return { rule: 'no small letters', sql: `NOT regexp_matches(${column}, '[a-z]')` };
    case 'url':
      if (check.hostname || check.protocol || check.normalize) return undefined;
      return { rule: 'url', sql: `regexp_matches(${column}, ${literal(URL_PATTERN)})` };
  }
  if (!PATTERN_FORMATS.has(format) || !check.pattern || check.fn) return undefined;
  const rule = format === 'regex' ? 'matches its pattern' : format;
  return { rule, sql: `regexp_matches(${column}, ${literal(toRe2(check.pattern))})` };
}
