import type { ErrorCode } from '../core/errors.ts';

/** What scripts can rely on; the README lists them. */
export const EXIT = {
  ok: 0,
  /** A run, backfill, query or check did not succeed. */
  failed: 1,
  /** Arguments, settings or the project are wrong: the same call fails again. */
  badInput: 2,
  /** A server does not answer. */
  unreachable: 3,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  bad_input: EXIT.badInput,
  bad_settings: EXIT.badInput,
  bad_definition: EXIT.badInput,
  unreachable: EXIT.unreachable,
};

export const exitCodeOf = (code: ErrorCode): number => BY_CODE[code] ?? EXIT.failed;
