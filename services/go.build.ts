import { join } from 'node:path';
import { fillCache } from './cache.folder.ts';
import { runCommand } from './command.run.ts';
import { onPath } from './program.search.ts';

const BUILD_TIMEOUT_MS = 30 * 60_000;

/** Builds one program from its Go module (`host/path/cmd/tool@v1.2.3`) into `target`. */
export async function buildWithGo(module: string, target: string, progress: (line: string) => void): Promise<void> {
  const go = onPath('go');
  if (!go) throw new Error('go is not on PATH');
  let compiled = 0;
  await fillCache(target, async (scratch) => {
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

function programName(module: string): string {
  return module.replace(/@.*$/, '').split('/').at(-1) ?? module;
}
