import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

// A module of Node somewhere below workflows/ breaks the bundle only when a worker starts: found here instead.
const entry = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
if (existsSync(entry)) {
  const quiet = () => {};
  const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error };
  const { code } = await bundleWorkflowCode({ workflowsPath: entry, logger });
  console.log(`workflow bundle: ${Math.round(code.length / 1024)} KiB`);
} else {
  console.log('workflow bundle: skipped, there is no workflows/index.ts');
}
