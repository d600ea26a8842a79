import { StrataError } from '../core/errors.ts';
import { DuckdbFault } from './duckdb-fault.ts';

/** 1-based line of a byte offset. */
export function lineAt(sql: string, byteOffset: number): number {
  return Buffer.from(sql).subarray(0, byteOffset).toString().split('\n').length;
}

/** `file:line`, or the file alone where the place is not known. */
export function placeIn(file: string, sql: string, byteOffset: number | undefined): string {
  return byteOffset === undefined ? file : `${file}:${lineAt(sql, byteOffset)}`;
}

/**
 * A session's error about the SQL of a file, with that file and line. Errors that are not about SQL pass unchanged.
 * @param expected what would be valid here; one sentence
 */
export function inFile(error: unknown, file: string, expected?: string): unknown {
  if (!(error instanceof StrataError) || error.code !== 'bad_definition') return error;
  const fault = error.cause instanceof DuckdbFault ? error.cause : undefined;
  const at = fault?.at;
  const shown = at && fault.sql.split('\n')[at.line - 1]?.trim().slice(0, 160);
  return new StrataError('bad_definition', shown ? `${error.message}\n  in: ${shown}` : error.message, {
    where: at ? `${file}:${at.line}:${at.column}` : file,
    cause: fault ?? error,
    ...((expected ?? error.hint) && { hint: expected ?? error.hint }),
  } as ConstructorParameters<typeof StrataError>[2]);
}
