/** One key press may arrive twice: from the terminal and from the program that runs this one. */
const SAME_PRESS_MS = 500;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Resolves at Ctrl-C (or SIGTERM, or when the terminal closes), for an orderly stop. A later signal ends the process at
 * once; the watchdog then ends what it started. Keeps the process alive until the first signal.
 */
export function untilSignal(): Promise<(typeof SIGNALS)[number]> {
  return new Promise((resolve) => {
    let first = 0;
    // The servers do not keep this process alive, and a listener for signals does not either.
    const alive = setInterval(() => {}, 60_000);
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        first ||= Date.now();
        if (Date.now() - first > SAME_PRESS_MS) process.exit(130);
        clearInterval(alive);
        resolve(signal);
      });
    }
  });
}

export const untilInterrupted = async (): Promise<'interrupted'> => {
  await untilSignal();
  return 'interrupted';
};
