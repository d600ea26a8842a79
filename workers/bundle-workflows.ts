import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

/**
 * `tsx workers/bundle-workflows.ts [file]`: bundles the workflows, for the package or only to see that it can be done: a
 * module of Node somewhere below workflows/ would otherwise be found when a worker starts.
 */
const quiet = () => {};
const logger = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error };
const workflowsPath = fileURLToPath(new URL('../workflows/index.ts', import.meta.url));
/** In stack traces, which are the same wherever the package was built. */
const fromTheRoot = { devtoolModuleFilenameTemplate: '[resource-path]' };
const { code } = await bundleWorkflowCode({
  workflowsPath,
  logger,
  webpackConfigHook: (config) => ({ ...config, output: { ...config.output, ...fromTheRoot } }),
});
const [file] = process.argv.slice(2);
if (file !== undefined) await writeFile(file, code);
console.log(`workflow bundle: ${Math.round(code.length / 1024)} KiB`);
