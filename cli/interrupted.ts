import { untilSignal } from '../services/interrupt.wait.ts';
import { EXIT } from './exit-codes.ts';

/** Resolves at the first signal to stop, with the exit code it asks for; a second one ends the process at once. */
export const untilInterrupted = async (): Promise<number> =>
  (await untilSignal()) === 'SIGINT' ? EXIT.interrupted : EXIT.ok;
