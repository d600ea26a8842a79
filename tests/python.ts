import { describe } from 'vitest';
import { pythonWith } from './python-environment.ts';

export { pythonWith };

/** `describe` for tests that ask Python; skipped with the reason where there is no Python, or no package index. */
export async function describeWithPython(
  packages: readonly string[],
  title: string,
  tests: (python: string) => void,
): Promise<void> {
  const found = await pythonWith(packages);
  if ('python' in found) describe(title, () => tests(found.python));
  else describe.skip(`${title} (skipped: ${found.missing})`, () => tests(''));
}
