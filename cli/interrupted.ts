import { EXIT } from './exit-codes.ts';

/** One key press may arrive twice: from the terminal and from the program that runs this one. */
const SAME_PRESS_MILLIS = 500;

/** Resolves at the first signal to stop, with the exit code it asks for; a second one ends the process at once. */
export function untilInterrupted(): Promise<number> {
  return new Promise((resolve) => {
    let first = 0;
    // A listener for signals does not keep the process alive.
    const alive = setInterval(() => {}, 60_000);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        first ||= Date.now();
        if (Date.now() - first > SAME_PRESS_MILLIS) process.exit(EXIT.interrupted);
        clearInterval(alive);
        resolve(signal === 'SIGINT' ? EXIT.interrupted : EXIT.ok);
      });
    }
  });
}
