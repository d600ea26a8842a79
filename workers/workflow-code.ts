import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkflowBundleOption } from '@temporalio/worker';
import { bundleOf } from './source-bundle.ts';
import { workerLogger } from './worker-log.ts';

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `npm run build` writes it: a worker of the package starts without a bundler, and always with the same code. */
const BUILT = beside('../workflows/bundle.js');
const SOURCE = beside('../workflows/index.ts');
const KEPT = beside('../node_modules/.cache/strata-workflows.json');

/** The workflows as a worker takes them; in a clone they are bundled when they have changed. */
export async function workflowCode(): Promise<WorkflowBundleOption> {
  if (existsSync(BUILT)) return { codePath: BUILT };
  return { code: await bundleOf(SOURCE, KEPT, workerLogger()) };
}
