import { StrataError } from '../core/errors.ts';

/** Something in a project that does not fit; `strata check` shows them all. */
export interface Problem {
  /** The dataset or pipeline it belongs to; undefined: the project as a whole. */
  readonly subject: string | undefined;
  /** `file:line`, or the definition. */
  readonly where: string;
  readonly message: string;
  /** What to do. */
  readonly hint: string | undefined;
}

/** An expected failure as a problem; anything else is thrown on: it is a defect, not the author's. */
export function problemFrom(error: unknown, subject: string | undefined, where: string): Problem {
  if (!(error instanceof StrataError) || error.code !== 'bad_definition') throw error;
  return { subject, where: error.where ?? where, message: error.message, hint: error.hint };
}

/** Adds what the work finds, and goes on: one wrong dataset must not hide the next one's problems. */
export async function collect(
  problems: Problem[],
  subject: string | undefined,
  where: string,
  work: () => Promise<void> | void,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    problems.push(problemFrom(error, subject, where));
  }
}
