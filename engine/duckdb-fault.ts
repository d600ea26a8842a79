import { type ErrorCode, type ErrorKind, StrataError } from '../core/errors.ts';

/** What DuckDB itself said; the `cause` of every StrataError that a session throws. */
export class DuckdbFault extends Error {
  /** DuckDB's class of error: `Parser`, `Binder`, `Catalog`, `IO`, `Out of Memory` ... */
  readonly exceptionType: string;
  /** Where in `sql`, when DuckDB knows: in bytes; the parser's own errors count characters. */
  readonly position: number | undefined;
  readonly sql: string;

  constructor(exceptionType: string, message: string, position: number | undefined, sql: string) {
    super(message);
    this.name = 'DuckdbFault';
    this.exceptionType = exceptionType;
    this.position = position;
    this.sql = sql;
  }

  /** 1-based line and column of the fault in `sql`. */
  get at(): { line: number; column: number } | undefined {
    if (this.position === undefined) return undefined;
    const characters = this.exceptionType.toLowerCase() === 'parser';
    const before = characters
      ? [...this.sql].slice(0, this.position).join('')
      : Buffer.from(this.sql).subarray(0, this.position).toString();
    const lines = before.split('\n');
    return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
  }
}

/** Sessions run with `errors_as_json`: `Binder Error: {"exception_type":"Binder","exception_message":...,"position":"8"}`. */
export function readFault(error: unknown, sql: string): DuckdbFault {
  const text = error instanceof Error ? error.message : String(error);
  const [, type = '', rest = text] = /^([A-Za-z ]+) Error: ([\s\S]*)$/.exec(text) ?? [];
  try {
    const json = JSON.parse(rest) as { exception_type: string; exception_message: string; position?: string };
    const position = json.position === undefined ? undefined : Number(json.position);
    return new DuckdbFault(json.exception_type, json.exception_message, position, sql);
  } catch {
    return new DuckdbFault(type, rest, undefined, sql);
  }
}

interface Meaning {
  readonly code: ErrorCode;
  readonly kind?: ErrorKind;
  readonly hint: string;
}

const FULL_DISK: Meaning = {
  code: 'storage',
  hint: 'Free disk space or point the temp or lake folder at a larger disk.',
};
const CORRUPT: Meaning = {
  code: 'corrupt',
  hint: 'The file is damaged: rebuild its partition, or restore the file from a backup.',
};

/** Looked at in order; the message decides before the class does, because DuckDB's classes are broad. */
const BY_MESSAGE: readonly (readonly [RegExp, Meaning])[] = [
  [
    /File too large|EFBIG/i,
    { code: 'storage', hint: 'Raise the limit on file size (ulimit -f) of the worker; the disk need not be full.' },
  ],
  [/No space left|ENOSPC|Disk quota exceeded|max_temp_directory_size/i, FULL_DISK],
  [
    /not a valid DuckDB database|Corrupt database file|database file.*checksum/i,
    {
      code: 'corrupt',
      hint: 'Restore the file from a backup; or move it away, and the next publication writes it anew from the lake.',
    },
  ],
  [
    /No magic bytes|not a Parquet file|Failed to read Parquet|Parquet file .* (invalid|corrupt)|invalid parquet|TProtocolException|file.*too small to be a Parquet|footer length|(ZSTD|Snappy|GZIP|LZ4).*(fail|error|corrupt)|decompress|Don't know what type|corrupt|Out of buffer|Unknown page type|Invalid (dictionary|page|data page)/i,
    CORRUPT,
  ],
  [
    /Unable to connect to|Could not (establish|resolve)|Connection (refused|reset|timed out|error)|could not connect|server closed the connection|Timeout was reached|terminating connection/i,
    { code: 'unreachable', hint: 'Check that the server runs and that its address in the settings is right.' },
  ],
  [
    /HTTP (code )?40[13]|HTTP 40[13]|AccessDenied|permission denied|password authentication failed|SignatureDoesNotMatch|InvalidAccessKeyId/i,
    { code: 'access_denied', hint: 'Check the credentials and what they may read or write.' },
  ],
];

const FIX_SQL: Meaning = { code: 'bad_definition', hint: 'Correct the SQL at this place.' };

const BY_TYPE: Readonly<Record<string, Meaning>> = {
  Parser: FIX_SQL,
  Syntax: FIX_SQL,
  Binder: FIX_SQL,
  Catalog: FIX_SQL,
  'Not implemented': FIX_SQL,
  'Mismatch Type': FIX_SQL,
  'Expression Executor': FIX_SQL,
  Conversion: {
    code: 'bad_definition',
    hint: 'A value does not fit the type: use TRY_CAST and a row check, so that the row goes to quarantine.',
  },
  'Out of Range': {
    code: 'bad_definition',
    hint: 'A value does not fit the type: use TRY_CAST or a wider type, and a row check.',
  },
  'Invalid Input': {
    code: 'bad_definition',
    hint: 'Correct the SQL, or guard it against this value with a row check.',
  },
  'Missing Extension': { code: 'bad_settings', hint: 'Load the extension first, with loadExtension.' },
  'Out of Memory': {
    code: 'storage',
    hint: 'Raise STRATA_DUCKDB_MEMORY, the limit of one build; where the machine has no more, lower STRATA_BUILDS first.',
  },
  HTTP: { code: 'storage', hint: 'The object store refused or failed; see its message.' },
  IO: { code: 'storage', hint: 'Check that the file or folder exists and may be read and written.' },
  Permission: { code: 'access_denied', hint: 'Check the rights of the worker on this file or server.' },
  INTERRUPT: { code: 'cancelled', hint: 'The work was cancelled.' },
  // An invalidated database refuses every later query; a retry opens a new one.
  FATAL: { code: 'internal', kind: 'transient', hint: 'Run it again; report it if it comes back.' },
};

/** DuckDB's own limit was too low for the work: the same work fails again under the same limit. */
export const isOutOfMemory = ({ cause }: StrataError): boolean =>
  cause instanceof DuckdbFault &&
  cause.exceptionType === 'Out of Memory' &&
  BY_MESSAGE.every(([pattern]) => !pattern.test(cause.message));

/** A file that does not exist is never worth a retry: object stores and disks alike answer reads after writes. */
const MISSING_FILE = /No files found|No such file|404 \(Not Found\)|HTTP 404/i;

/** DuckDB's failure as the project's error type: code, place (file, or line and column of the SQL), what to do. */
export function toStrataError(error: unknown, sql: string): StrataError {
  if (error instanceof StrataError) return error;
  const fault = readFault(error, sql);
  const missing = MISSING_FILE.test(fault.message);
  const meaning: Meaning = missing
    ? { code: 'storage', kind: 'terminal', hint: 'The file was never written or was vacuumed away.' }
    : (BY_MESSAGE.find(([pattern]) => pattern.test(fault.message))?.[1] ??
      BY_TYPE[fault.exceptionType] ?? { code: 'internal', hint: 'Report this, with the SQL.' });
  const isSql = meaning.code === 'bad_definition';
  const where = isSql ? placeInSql(fault) : fileOf(fault);
  const subject = meaning.code === 'corrupt' && where ? `${where}: ` : '';
  return new StrataError(meaning.code, `${subject}${fault.message}`, {
    hint: meaning.hint,
    cause: fault,
    ...(meaning.kind && { kind: meaning.kind }),
    ...(where && { where }),
  });
}

/** The same failure, once it is known which file is damaged. */
export function damagedFile(file: string, { cause, hint, kind }: StrataError): StrataError {
  const said = cause instanceof Error ? cause.message : '';
  return new StrataError('corrupt', `${file}: ${said}`, { where: file, kind, cause, ...(hint && { hint }) });
}

function placeInSql(fault: DuckdbFault): string | undefined {
  const at = fault.at;
  if (!at) return undefined;
  const line = fault.sql.split('\n')[at.line - 1]?.trim() ?? '';
  return `SQL line ${at.line}, column ${at.column}: ${line.length > 120 ? `${line.slice(0, 117)}...` : line}`;
}

/** Many of DuckDB's read errors name no file: then the statement's files are named, when they are few. */
function fileOf(fault: DuckdbFault): string | undefined {
  const named = /["']([^"'\n]+\.(?:parquet|csv|json|duckdb)[^"'\n]*)["']/.exec(fault.message)?.[1];
  if (named) return named;
  const inSql = [...new Set([...fault.sql.matchAll(/'([^'\n]+\.parquet)'/g)].map((m) => m[1]))];
  if (inSql.length === 0) return undefined;
  return inSql.length === 1 ? inSql[0] : `one of ${inSql.slice(0, 5).join(', ')}${inSql.length > 5 ? ', ...' : ''}`;
}
