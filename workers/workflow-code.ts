import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkerOptions } from '@temporalio/worker';

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `npm run build` writes it: a worker of the package starts without a bundler, and always with the same code. */
const BUNDLE = beside('../workflows/bundle.js');
const SOURCE = beside('../workflows/index.ts');
const CACHE = beside('../node_modules/.cache/strata-workflows');

/** The workflows as a worker takes them; in a clone they are bundled at its start, faster when little has changed. */
export function workflowCode(): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'bundlerOptions'> {
  if (existsSync(BUNDLE)) return { workflowBundle: { codePath: BUNDLE } };
  return {
    workflowsPath: SOURCE,
    bundlerOptions: {
      webpackConfigHook: (config) => ({ ...config, cache: { type: 'filesystem', cacheDirectory: CACHE } }),
    },
  };
}
