import { createInterface } from 'node:readline/promises';
import { StrataError } from '../core/errors.ts';

/** Asks on the terminal. @throws bad_input where nobody is there to answer */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new StrataError('bad_input', 'Nobody is there to say yes', {
      hint: 'Give --yes to do it, or --dry-run to look only.',
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
