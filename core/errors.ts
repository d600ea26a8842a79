/** What went wrong, for programs. People read the message and the hint. */
export type ErrorCode =
  | 'bad_input' // a parameter, date, flag or JSON that cannot be used
  | 'bad_definition' // a dataset, pipeline or SQL file that does not fit
  | 'bad_settings' // a setting missing or malformed
  | 'unreachable' // a server that does not answer
  | 'access_denied'
  | 'source_mismatch' // a table, column or type that is not as declared
  | 'corrupt' // a log, Parquet file or ledger that cannot be read
  | 'storage' // disk full, object store refused
  | 'conflict' // lost a race; try again with a fresh look
  | 'fenced' // a newer claim exists; this attempt must not write
  | 'quality' // an audit of severity error failed
  | 'held' // waits for a person's decision
  | 'cancelled'
  | 'internal';

/** `terminal`: the same call fails again until somebody changes something. `transient`: worth a retry. */
export type ErrorKind = 'terminal' | 'transient';

const TRANSIENT: ReadonlySet<ErrorCode> = new Set(['unreachable', 'conflict', 'storage']);

export interface ErrorDetails {
  /** Where: a file with its line, a dataset, a setting, a server. */
  where?: string;
  /** What to do next, or what would be valid. One sentence. */
  hint?: string;
  /** Overrides the kind that the code implies. */
  kind?: ErrorKind;
  cause?: unknown;
}

/** The one error type that crosses a boundary: typed once, where the failure is understood. */
export class StrataError extends Error {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly where: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'StrataError';
    this.code = code;
    this.kind = details.kind ?? (TRANSIENT.has(code) ? 'transient' : 'terminal');
    this.where = details.where;
    this.hint = details.hint;
  }

  /** What a person is shown: what, where, what to do. */
  describe(): string {
    return [this.message, this.where && `  at: ${this.where}`, this.hint && `  do: ${this.hint}`]
      .filter(Boolean)
      .join('\n');
  }
}

/** For the exhaustive end of a switch. */
export function impossible(value: never): never {
  throw new StrataError('internal', `Unexpected value: ${JSON.stringify(value)}`);
}
