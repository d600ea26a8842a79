import { setTimeout as sleep } from 'node:timers/promises';
import { StrataError } from '../core/errors.ts';
import type { WaitOptions } from './warehouse.ts';

/** As DuckDB says it: `Could not set lock on file "...": Conflicting lock is held in /usr/bin/duckdb (PID 4711)`. */
const HELD = /Could not set lock on file/;
const HOLDER = /lock is held in (.+?) \(PID (\d+)\)/;

const LOOK_EVERY_MILLIS = 200;
const SAY_EVERY_MILLIS = 10_000;

/** DuckDB's error as one that names who has the file open for writing; others pass unchanged. */
export function toHeldError(error: unknown, path: string): unknown {
  if (!(error instanceof StrataError) || !HELD.test(error.message)) return error;
  const [, program, pid] = HOLDER.exec(error.message) ?? [];
  const holder = program === undefined ? 'another process' : `${program}, process ${pid}`;
  return new StrataError('held', `${path} is open for writing in ${holder}`, {
    where: path,
    kind: 'transient',
    hint: 'Close it there; whoever only reads opens it read-only (duckdb -readonly).',
    cause: error,
  });
}

/** A reader that opened the file for writing, as DuckDB's own program does, is waited for and named. */
export async function waitWhileHeld<T>({ signal, onWait }: WaitOptions, work: () => Promise<T>): Promise<T> {
  for (let waited = 0; ; waited += LOOK_EVERY_MILLIS) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StrataError) || error.code !== 'held') throw error;
      if (signal?.aborted) throw new StrataError('cancelled', 'The publication was cancelled', { cause: error });
      if (waited % SAY_EVERY_MILLIS === 0) onWait?.(`Waiting: ${error.message}`);
      await sleep(LOOK_EVERY_MILLIS);
    }
  }
}
