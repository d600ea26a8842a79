/** What a closing note can quote, as one line among the test's output. */
export function figure(what: string, value: unknown): void {
  process.stdout.write(`e2e figure | ${what}: ${typeof value === 'string' ? value : JSON.stringify(value)}\n`);
}

/** Runs the work and prints how long it took. */
export async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  figure(what, `${((performance.now() - began) / 1000).toFixed(1)} s`);
  return result;
}
