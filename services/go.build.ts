import { join } from 'node:path';
import { fillCache } from './cache.folder.ts';
import { runCommand } from './command.run.ts';
import { onPath } from './program.search.ts';

const BUILD_TIMEOUT_MS = 20 * 60_000;

/** Builds one program from its Go module into `target`. Undefined where there is no Go. */
export async function buildWithGo(
  module: string,
  target: string,
  progress: (line: string) => void,
): Promise<string | undefined> {
  const go = onPath('go');
  if (!go) return undefined;
  let compiled = 0;
  return fillCache(target, async (scratch) => {
    await runCommand(go, ['install', '-v', module], {
      env: { GOBIN: scratch, CGO_ENABLED: '0' },
      timeoutMs: BUILD_TIMEOUT_MS,
      onLine: (line) => {
        // Downloads are told in sentences, compiled packages by their bare name.
        progress(line.includes(' ') ? line.slice(0, 100) : `${++compiled} packages compiled`);
      },
    });
    return join(scratch, programName(module));
  });
}

/** `example.org/cmd/tool@v1` installs as `tool`. */
function programName(module: string): string {
  return module.replace(/@.*$/, '').split('/').at(-1) ?? module;
}
