// `npm test`: installs what is missing, then runs vitest with the arguments given.
import { spawnSync } from 'node:child_process';
import { ensureInstalled } from '../services/ensure-installed.mjs';

ensureInstalled();
const vitest = new URL('../node_modules/vitest/vitest.mjs', import.meta.url);
const result = spawnSync(process.execPath, [vitest.pathname, 'run', ...process.argv.slice(2)], {
  cwd: new URL('..', import.meta.url).pathname,
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
