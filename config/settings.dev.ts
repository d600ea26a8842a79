import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StrataError } from '../core/errors.ts';

/** Where `strata dev` leaves the addresses of the servers it started: variables and values, as the environment has them. */
export const devSettingsFile = (cwd: string): string => join(cwd, '.strata', 'dev.json');

/** The variables that `strata dev` left; none when it never ran here. */
export function readDevSettings(cwd: string): Record<string, string> {
  const file = devSettingsFile(cwd);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw unreadable(file, error);
  }
  try {
    const parsed: unknown = JSON.parse(text);
    const entries = Object.entries(parsed as object);
    if (entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
      return Object.fromEntries(entries);
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  throw unreadable(file, undefined);
}

/** Leaves the addresses for every command run in this folder. Readable by its owner only: it holds passwords. */
export function writeDevSettings(cwd: string, variables: Readonly<Record<string, string>>): void {
  const file = devSettingsFile(cwd);
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(variables, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}

function unreadable(file: string, cause: unknown): StrataError {
  return new StrataError('bad_settings', 'The addresses left by `strata dev` cannot be read', {
    where: file,
    hint: 'Delete the file and run `strata dev` again.',
    cause,
  });
}
