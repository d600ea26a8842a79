import { CommanderError } from 'commander';
import { StrataError } from '../core/errors.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';

/**
 * Prints an error as a person needs it and gives the exit code.
 * @param verbose with the stack and everything that caused it
 */
export function reportError(error: unknown, verbose: boolean, print: (line: string) => void): number {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.badInput;
  if (isStrataError(error)) {
    print(StrataError.prototype.describe.call(error));
    if (verbose) print(traceOf(error));
    return exitCodeOf(error.code);
  }
  print(`Unexpected error: ${error instanceof Error ? error.message : String(error)}`);
  print(
    verbose ? traceOf(error) : '  do: This is a defect of Strata; run again with --verbose and report what it prints.',
  );
  return EXIT.failed;
}

/** By name: a project loaded from another copy of Strata throws that copy's class. */
function isStrataError(error: unknown): error is StrataError {
  return error instanceof StrataError || (error instanceof Error && error.name === 'StrataError' && 'code' in error);
}

function traceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by: ${traceOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
