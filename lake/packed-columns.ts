/**
 * Columns travel from DuckDB to JavaScript as one text each: ten times faster than value by value, which decides how long
 * planning over half a million partitions takes. All columns of a query are packed in the same order of rows.
 */
export const packTexts = (expression: string, as: string): string =>
  `string_agg(coalesce((${expression})::VARCHAR, ''), chr(10)) AS "${as}"`;

/** Whole numbers. */
export const packNumbers = (expression: string, as: string): string =>
  `string_agg(coalesce((${expression})::VARCHAR, '0'), ',') AS "${as}"`;

/** @param packed null or undefined: no rows, or the column was not asked for. */
export const unpackTexts = (packed: string | null | undefined): string[] => packed?.split('\n') ?? [];

export const unpackNumbers = (packed: string | null | undefined): number[] =>
  packed ? (JSON.parse(`[${packed}]`) as number[]) : [];

/** What cannot hold a line break of its own. JSON text never does; names must not. */
export const packable = (text: string): boolean => !text.includes('\n');
